"""The network of codes: what lies in a box of a picture, as 512 bits."""
import torch
import torch.nn as nn

BITS = 512
WIDTHS = [(3, 24, 5, 2), (24, 48, 3, 2), (48, 48, 3, 1), (48, 96, 3, 2), (96, 96, 3, 1)]


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, s, k // 2, bias=False) for a, b, k, s in WIDTHS)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, _, _ in WIDTHS)
        self.hidden = nn.Conv2d(96, 192, (6, 12), bias=False)
        self.hidden_norm = nn.BatchNorm2d(192)
        self.last = nn.Conv2d(192, BITS, 1, bias=False)
        self.last_norm = nn.BatchNorm2d(BITS, affine=False)  # bits that are set half the time

    def forward(self, x):
        """x: N x 3 x 48 x 96 (field.py) in units of 1/128; N x BITS numbers whose signs are the code."""
        for conv, norm in zip(self.convs, self.norms):
            x = norm(conv(x)).relu()
        x = self.hidden_norm(self.hidden(x)).relu()
        return self.last_norm(self.last(x)).flatten(1)


def near(a, b):
    """Agreement of codes, -1 to 1: of the numbers, and of their signs (straight-through: Bengio 2013)."""
    norm = torch.nn.functional.normalize
    soft = norm(a, dim=1) @ norm(b, dim=1).T
    sign = lambda v: v.clamp(-1, 1) + (torch.sign(v) - v.clamp(-1, 1)).detach()
    return soft, sign(a) @ sign(b).T / BITS
