"""Writes the trained verifier as internal/match/keypoint/verifier.net.

usage: export.py DATA 'PAIRS*.bin' SCENES.jsonl CHECKPOINT OUT SAMPLES
The pairs set the ranges of the activations; training pairs will do. SAMPLES receives two of them with what the network
should say of them, for the tests.
"""
import os, random, struct, sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'net'))
from model import Verifier, WIDTHS
from netfile import Netfile, fold
from pairs import I, read
from train import tensor


def main():
    data, pattern, scenes, checkpoint, out, samples = sys.argv[1:7]
    net = Verifier()
    net.load_state_dict(torch.load(checkpoint)['net'])
    net.eval()
    records, _ = read(pattern, data + '/groups.json', scenes)
    # Pairs of one size, so that nothing is padded: the commonest.
    sizes = {}
    for r in records:
        sizes.setdefault((r.w, r.h), []).append(r)
    same = max(sizes.values(), key=len)
    batch = random.Random(1).sample(same, min(len(same), 256))
    true = [r for r in same if r.label == 1]
    batch = (true + batch)[:256]
    with torch.no_grad():
        x, s = tensor(batch)
        file = Netfile(x, 1 / 128, most=255)
        at = 0
        for conv, norm, (_, _, k, step) in zip(net.convs, net.norms, WIDTHS):
            w, b = fold(conv.weight, conv.bias, norm)
            at = file.conv(at, w, b, (step, step))
        at = file.join(file.mean(at), file.pool(at, 0, 0))
        at = file.conv(at, net.hidden.weight, net.hidden.bias)
        at = file.conv(at, net.last.weight, net.last.bias, positive=False, result=True)
        got = file.write(out, at).flatten()
        want = net(x, s)
    with open(samples, 'wb') as f:
        for i in (0, len(batch) - 1):
            r = batch[i]
            f.write(struct.pack('<BBff', r.w, r.h, float(r.f[I['scale']]), float(got[i])) + np.ascontiguousarray(r.pix).tobytes())
    print('pairs', len(batch), 'greatest difference by whole numbers', float((got - want).abs().max()), 'bytes', os.path.getsize(out))


main()
