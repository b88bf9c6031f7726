"""Weighs the network's answer with the other measures: a logistic regression on pictures the network was not trained on.

usage: fuse.py DATA 'PAIRS*.bin' SCENES.jsonl CHECKPOINT KEEP
One half of the pictures fits and the other tells, both ways; then all fit, and the weights are printed for score.go.
"""
import sys

import numpy as np

from evaluate import logits, recall, show
from pairs import I, read

# Tried and left out, as they do not help beside the network: correlation, blocks, worst spot, votes' support, the
# strongest rival in the same place, size, turn.
NAMES = ['network', 'inside', 'count', 'skew', 'unlike']


def prepare(records, z, keep):
    """The best of each picture by correlation, with their measures."""
    by = {}
    for r, v in zip(records, z):
        by.setdefault(r.scene, []).append((r, v))
    out, rows = [], []
    for list_ in by.values():
        list_ = sorted(list_, key=lambda p: -p[0].f[I['whole']])[:keep]
        for r, v in list_:
            out.append(r)
            rows.append(measures(r, v))
    return out, np.array(rows)


def measures(r, z):
    f = r.f
    return [z, f[I['inside']], np.log(max(1, f[I['count']])), min(.41, np.log(max(1, f[I['skew']]))), f[I['unlike']]]


def fit(x, y, w, ridge=2e-3, steps=400):
    import torch
    mu, sd = x.mean(0), x.std(0) + 1e-6
    X, Y, W = torch.tensor((x - mu) / sd, dtype=torch.float64), torch.tensor(y, dtype=torch.float64), torch.tensor(w, dtype=torch.float64)
    k = torch.zeros(x.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    opt = torch.optim.LBFGS([k], max_iter=steps)

    def loss():
        opt.zero_grad()
        l = (torch.nn.functional.binary_cross_entropy_with_logits(X @ k[1:] + k[0], Y, W, reduction='sum') / W.sum()) + ridge * (k[1:] ** 2).sum()
        l.backward()
        return l
    opt.step(loss)
    k = k.detach().numpy()
    a = k[1:] / sd
    return k[0] - (a * mu).sum(), a


def main():
    data, pattern, scenes, checkpoint, keep = sys.argv[1:6]
    records, truth = read(pattern, data + '/groups.json', scenes)
    by = {}
    for r in records:
        by.setdefault(r.scene, []).append(r)
    records = [r for l in by.values() for r in sorted(l, key=lambda r: -r.f[I['whole']])[:int(keep)]]
    z = logits(records, checkpoint)
    out, x = prepare(records, z, int(keep))
    y = np.array([r.label for r in out])
    scene = np.array([r.scene for r in out])
    use = y >= 0
    half = np.isin(scene, np.random.RandomState(0).permutation(np.unique(scene))[::2])
    weight = np.where(x[:, 0] > -2, 1, .1)  # what the network rejects anyway says little
    for name, cols in (('network alone', [0]), ('without codes', [0, 1, 2, 3]), ('all', list(range(5)))):
        for a, b in ((half, ~half), (~half, half)):
            k0, k = fit(x[use & a][:, cols], y[use & a], weight[use & a])
            s = x[:, cols] @ k + k0
            sel = np.where(b)[0]
            print(name, recall([out[i] for i in sel], truth, s[sel]))
    print('old score', recall(out, truth, [r.f[I['score']] for r in out]))
    k0, k = fit(x[use], y[use], weight[use])
    s = x @ k + k0
    show('all, fitted on all', out, truth, s)
    print('const', round(k0, 3), {n: round(float(v), 3) for n, v in zip(NAMES, k)})
    best = {}
    for r, v in zip(out, s):
        if not truth[r.scene]['known']:
            best[r.scene] = max(best.get(r.scene, -99), v)
    print('logit exceeded by 1 % / 0.5 % / 0.3 % of the others', [round(float(np.quantile(list(best.values()), q)), 2) for q in (.99, .995, .997)])


if __name__ == '__main__':
    main()
