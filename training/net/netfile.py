"""Writes networks for internal/match/net.

A network is built operation by operation while a batch of sample pictures flows through it, so that the range of
every activation is known and becomes the unit of its whole numbers:

    net = Netfile(sample, unit=1/127)            # sample: float32 tensor N x C x H x W
    a = net.conv(0, weight, bias, positive=True) # weight: out x in x high x wide; returns the slot's number
    b = net.pool(a, 2, 2)
    net.write('model.net', net.conv(b, w2, b2))

Batch normalisation must have been folded into weights and biases (see fold). Weights become 8 bits with a scale for
each channel, activations at most 12 bits; results, read by nobody, may use 16. With most=255 those that are never
negative have 8 bits, which a processor with VNNI reads at twice the rate. What flows through is rounded to whole units as
read.go will, whose layout this is, so that write returns what Go should say.
"""
import struct

import torch
import torch.nn.functional as F

MAGIC = b'assay net 1\n'
MOST = 4095          # of an activation that is read by a convolution
FULL = 32767         # of a result
ROOM = 1.5           # activations of the sample times this still fit 12 bits
SEEN = 4_000_000     # activations that choose a unit of 8 bits


def fold(weight, bias, norm):
    """Weights and biases of a convolution with the batch normalisation after it."""
    k = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    if bias is None:
        bias = torch.zeros_like(norm.running_mean)
    return weight * k.view(-1, 1, 1, 1), (bias - norm.running_mean) * k + norm.bias


def least_error(values, most):
    """Unit with the least mean square error of values rounded to whole units of at most so many: a smaller one rounds
    finer, and cuts the largest values off."""
    values = values.flatten()
    values = values[::len(values) // SEEN + 1]
    top = max(float(values.max()), 1e-6)
    units = [top * .93 ** k / most for k in range(24)]
    return min(units, key=lambda u: float(((values / u).round().clamp(max=most) * u - values).square().mean()))


class Netfile:
    """most is the largest activation that is never negative and read by a convolution."""

    def __init__(self, sample, unit, most=MOST):
        self.values = [sample.float()]
        self.units = [float(unit)]
        self.most = [MOST]
        self.positive = most
        self.ops = []

    def unit(self, *values, most=None):
        """Unit of activations that take these values."""
        most = most or self.positive
        if most < MOST:
            return least_error(torch.cat([v.flatten() for v in values]), most)
        return max(1e-6, *(float(v.abs().max()) for v in values)) * ROOM / most

    def _add(self, value, unit, most, data):
        value = (value / unit).round().clamp(-most, most) * unit
        self.values.append(value)
        self.units.append(unit)
        self.most.append(most)
        self.ops.append(data)
        return len(self.values) - 1

    def _head(self, kind, a, b=0):
        return struct.pack('<BHH', kind, a, b)

    def conv(self, a, weight, bias, step=(1, 1), zeros=None, positive=True, unit=None, result=False):
        """Convolution; zeros around the picture keep its size unless said otherwise. With result the full 16 bits
        are used and no convolution may read it. unit sets the value of one unit, as join needs."""
        out, inner, high, wide = weight.shape
        zeros = ((high - 1) // 2, (wide - 1) // 2) if zeros is None else zeros
        weight, bias = weight.detach().float(), bias.detach().float()
        scale = weight.abs().amax((1, 2, 3)).clamp(min=1e-9) / 127
        whole = torch.round(weight / scale.view(-1, 1, 1, 1)).clamp(-127, 127)
        value = F.conv2d(self.values[a], whole * scale.view(-1, 1, 1, 1), bias, step, zeros)
        if positive:
            value = value.relu()
        most = FULL if result else self.positive if positive else MOST
        if unit is None:
            unit = self.unit(value, most=most)
        data = self._head(1, a) + struct.pack('<HHBBBBBBB', out, most, high, wide, *step, *zeros, int(positive))
        rows = whole.permute(0, 2, 3, 1).reshape(out, -1).to(torch.int8)
        for k in range(out):
            data += struct.pack('<ff', float(scale[k]) * self.units[a] / unit, float(bias[k]) / unit)
            data += rows[k].numpy().tobytes()
        return self._add(value, unit, most, data)

    def pool(self, a, high=2, wide=2):
        """Greatest of neighbours; of the whole map when high and wide are 0."""
        value = F.max_pool2d(self.values[a], (high, wide)) if high else self.values[a].amax((2, 3), keepdim=True)
        return self._add(value, self.units[a], self.most[a],
                         self._head(2, a) + struct.pack('<BB', high, wide))

    def mean(self, a):
        """Mean of the whole map."""
        return self._add(self.values[a].mean((2, 3), keepdim=True), self.units[a], self.most[a], self._head(3, a))

    def sum(self, a, b, positive=True):
        value = self.values[a] + self.values[b]
        if positive:
            value = value.relu()
        most = self.positive if positive else MOST
        unit = self.unit(value, most=most)
        data = self._head(4, a, b) + struct.pack('<HBff', most, int(positive), self.units[a] / unit, self.units[b] / unit)
        return self._add(value, unit, most, data)

    def join(self, a, b):
        """Channels of a, then of b; both must have been given the same unit."""
        assert abs(self.units[a] / self.units[b] - 1) < 1e-6, 'give both conv the same unit'
        return self._add(torch.cat([self.values[a], self.values[b]], 1), self.units[a], max(self.most[a], self.most[b]),
                         self._head(5, a, b))

    def grow(self, a):
        """Every pixel becomes 2x2."""
        return self._add(F.interpolate(self.values[a], scale_factor=2, mode='nearest'), self.units[a], self.most[a],
                         self._head(6, a))

    def write(self, path, last):
        """Writes the network whose result is the last slot; returns what the sample should give."""
        assert last == len(self.values) - 1
        data = MAGIC + struct.pack('<HHff', self.values[0].shape[1], len(self.values), self.units[0], self.units[last])
        data += struct.pack('<H', len(self.ops)) + b''.join(self.ops)
        with open(path, 'wb') as f:
            f.write(data)
        return self.values[last]
