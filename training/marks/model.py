"""The verifier: a small convolutional network that says whether a mark lies under its template."""
import torch
import torch.nn as nn

CHANNELS = 10
WIDTHS = [(CHANNELS, 24, 5, 2), (24, 32, 3, 1), (32, 48, 3, 2), (48, 48, 3, 1), (48, 64, 3, 2), (64, 64, 3, 1)]


class Verifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, s, k // 2, bias=False) for a, b, k, s in WIDTHS)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, _, _ in WIDTHS)
        self.hidden = nn.Conv2d(2 * WIDTHS[-1][1], 32, 1)
        self.last = nn.Conv2d(32, 1, 1)

    def forward(self, x, sizes):
        """x: N x CHANNELS x H x W, padded with zeros beyond each pair's own (h, w) in sizes. Whatever lies beyond is
        kept zero, so that the result is that of the pair alone."""
        h, w = sizes[:, 0], sizes[:, 1]
        for conv, norm, (_, _, _, s) in zip(self.convs, self.norms, WIDTHS):
            x = norm(conv(x)).relu()
            h, w = (h + s - 1) // s, (w + s - 1) // s
            m = (torch.arange(x.shape[2])[None] < h[:, None])[:, None, :, None] & (torch.arange(x.shape[3])[None] < w[:, None])[:, None, None, :]
            x = x * m
        mean = x.sum((2, 3), keepdim=True) / (h * w).view(-1, 1, 1, 1)
        x = torch.cat([mean, x.amax((2, 3), keepdim=True)], 1)
        return self.last(self.hidden(x).relu()).flatten()
