"""The network that moves a box until it lies tightly around what is in it."""
import numpy as np
import torch
import torch.nn as nn

from field import HIGH, WIDE, window

LOOK = .62  # share of the window that a box fills each way: its surroundings tell where it ends
TURN = .35  # radians
WIDTHS = [(3, 16, 5, 2), (16, 32, 3, 2), (32, 32, 3, 1), (32, 64, 3, 2), (64, 64, 3, 1)]


class Framer(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(a, b, k, s, k // 2, bias=False) for a, b, k, s in WIDTHS)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, _, _ in WIDTHS)
        self.hidden = nn.Conv2d(64, 96, (HIGH // 8, WIDE // 8), bias=False)
        self.hidden_norm = nn.BatchNorm2d(96)
        self.last = nn.Conv2d(96, 6, 1)

    def forward(self, x):
        """x: N x 3 x 48 x 96 (field.py) in units of 1/128. Answers N x 6: how likely (logit) a mark is about here, by how
        much it lies beside the box (two numbers, in parts of the box's width and height), the logarithms of its width and
        height in those of the box, and how far it is turned against the box, in units of TURN."""
        for conv, norm in zip(self.convs, self.norms):
            x = norm(conv(x)).relu()
        x = self.hidden_norm(self.hidden(x)).relu()
        return self.last(x).flatten(1)


def told(box, mark):
    """What the network should say of a box (x, y, w, h, turn) that a mark is about; sizes in any unit."""
    x, y, w, h, t = box
    c, s = np.cos(t), np.sin(t)
    dx, dy = mark[0] - x, mark[1] - y
    return (c * dx + s * dy) / w, (c * dy - s * dx) / h, np.log(mark[2] / w), np.log(mark[3] / h), (mark[4] - t) / TURN


def moved(box, said):
    """The box that the network means; the inverse of told."""
    x, y, w, h, t = box
    c, s = np.cos(t), np.sin(t)
    dx, dy = said[0] * w, said[1] * h
    return x + c * dx - s * dy, y + s * dx + c * dy, w * np.exp(said[2]), h * np.exp(said[3]), t + said[4] * TURN


def look(f, x, y, w, h, turn=0.):
    """The window of a box of the field f, with its surroundings."""
    return window(f, x, y, w, h, turn, fill=LOOK)
