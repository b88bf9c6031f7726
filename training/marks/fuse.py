"""Weighs the network's answer with the other measures: a logistic regression on pictures the network was not trained on.

usage: fuse.py DATA 'PAIRS*.bin' SCENES.jsonl CHECKPOINT KEEP
The first half of the pictures fits, the second tells; then all fit, and the weights are printed for score.go.
"""
import sys

import numpy as np

from evaluate import logits, recall, show
from pairs import FIELDS, read

I = {n: i for i, n in enumerate(FIELDS)}
NAMES = ['network', 'rival', 'whole', 'blocks', 'worst', 'inside', 'support', 'count', 'skew', 'size', 'small']


def prepare(records, z, keep):
    """The best of each picture by correlation, with their measures."""
    by = {}
    for r, v in zip(records, z):
        by.setdefault(r.scene, []).append((r, v))
    out, rows = [], []
    for list_ in by.values():
        list_ = sorted(list_, key=lambda p: -p[0].f[I['whole']])[:keep]
        for r, v in list_:
            rival = max([w for o, w in list_ if o.name != r.name and near(r, o)], default=-8)
            out.append(r)
            rows.append(measures(r, v, rival))
    return out, np.array(rows)


def near(a, b):
    d = np.hypot(a.f[I['x']] - b.f[I['x']], a.f[I['y']] - b.f[I['y']])
    return d < a.f[I['radius']] and d < b.f[I['radius']]


def measures(r, z, rival):
    f = r.f
    return [z, max(-6, min(6, rival)), f[I['whole']], f[I['blocks']], max(-.2, f[I['worst']]), f[I['inside']], np.log1p(f[I['support']]),
            np.log(max(1, f[I['count']])), min(.41, np.log(max(1, f[I['skew']]))), np.log(np.clip(f[I['scale']], .3, 3)), np.log(np.clip(f[I['scale']], .3, 1))]


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
    half = scene < np.median(scene)
    for name, cols in (('network alone', [0]), ('network and rival', [0, 1]), ('without the network', list(range(2, 11))), ('all', list(range(11)))):
        for a, b in ((half, ~half), (~half, half)):
            k0, k = fit(x[use & a][:, cols], y[use & a], np.ones((use & a).sum()))
            s = x[:, cols] @ k + k0
            sel = np.where(b)[0]
            print(name, recall([out[i] for i in sel], truth, s[sel]))
    print('old score', recall(out, truth, [r.f[1] for r in out]))
    k0, k = fit(x[use], y[use], np.ones(use.sum()))
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
