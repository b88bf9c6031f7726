"""The network: convolutions only, four pixels of a line to one frame of labels."""
import torch
import torch.nn as nn
import torch.nn.functional as F

FEATURES = 256


class Conv(nn.Module):
    def __init__(self, i, o, kernel=(3, 3), stride=(1, 1), zeros=None):
        super().__init__()
        zeros = (kernel[0] // 2, kernel[1] // 2) if zeros is None else zeros
        self.c = nn.Conv2d(i, o, kernel, stride, zeros, bias=False)
        self.b = nn.BatchNorm2d(o)

    def forward(self, x):
        return F.relu(self.b(self.c(x)))


class Residual(Conv):
    def forward(self, x):
        return x + super().forward(x)


class Net(nn.Module):
    """First head: the alphabet with the blank and HAN; second: which Hanzi."""
    def __init__(self, alphabet, hanzi):
        super().__init__()
        self.trunk = nn.Sequential(
            Conv(3, 32, stride=(2, 2)), Conv(32, 64, stride=(2, 2)), Conv(64, 96), Conv(96, 160, stride=(2, 1)), Residual(160, 160),
            Conv(160, FEATURES, (4, 3), zeros=(0, 1)), *[Residual(FEATURES, FEATURES, (1, 5)) for _ in range(3)])
        self.alphabet = nn.Conv2d(FEATURES, alphabet, 1)
        self.hanzi = nn.Conv2d(FEATURES, hanzi, 1)

    def forward(self, x):
        return self.trunk(x)
