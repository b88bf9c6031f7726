"""The network that says where something like a mark may lie."""
import torch
import torch.nn as nn

STEP = 4    # pixels of the field to one place of the answer
USUAL = 28  # side of a usual box, pixels of the field
TURN = .35  # radians
WIDTHS = [(3, 16, 5, 2), (16, 32, 3, 2), (32, 32, 3, 1), (32, 64, 3, 2), (64, 64, 3, 1), (64, 64, 3, 1), (64, 64, 3, 1), (96, 32, 1, 1), (32, 32, 3, 1)]
SKIP, DEEP = 2, 6  # outputs that are joined, the second at twice its size


class Finder(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, s, k // 2, bias=False) for a, b, k, s in WIDTHS)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, _, _ in WIDTHS)
        self.last = nn.Conv2d(32, 6, 1)
        nn.init.constant_(self.last.bias, 0)
        self.last.bias.data[0] = -4

    def forward(self, x):
        """x: N x 3 x H x W (field.py) in units of 1/128, H and W multiples of eight. Answers, at every fourth pixel: how
        likely (logit) the middle of a mark is here, where it is from here (in places, two numbers), the logarithms of its
        width and height in USUAL pixels, and its turn in units of TURN."""
        for i, (conv, norm) in enumerate(zip(self.convs, self.norms)):
            x = norm(conv(x)).relu()
            if i == SKIP:
                skip = x
            if i == DEEP:
                x = torch.cat([skip, nn.functional.interpolate(x, scale_factor=2, mode='nearest')], 1)
        return self.last(x)
