"""How well scores of pairs find the right mark, scene by scene.

usage: evaluate.py DATA 'PAIRS*.bin' SCENES.jsonl [CHECKPOINT]
"""
import sys

import numpy as np

from pairs import I, read


def recall(records, truth, score, wanted=None):
    """Share of pictures with a registered mark whose best pair is that mark in its place, above what all but 1 % of
    the other pictures reach; then the same at 0.3 %, and how often the best pair is the right one at all."""
    best, there = {}, {}
    for r, s in zip(records, score):
        there[r.scene] = there.get(r.scene, 0) or r.label == 1
        if r.scene not in best or s > best[r.scene][0]:
            best[r.scene] = (s, r)
    seen = set(best)
    no = sorted((best[k][0] for k in seen if not truth[k]['known']), reverse=True)
    yes = [k for k in seen if truth[k]['known'] and (wanted is None or wanted in truth[k]['changes'])]
    ok = lambda k: best[k][1].label == 1 or best[k][1].name == truth[k]['mark']
    at = lambda share: np.mean([ok(k) and best[k][0] > no[int(share * len(no))] for k in yes])
    return dict(n=len(yes), no=len(no), among=round(np.mean([bool(there[k]) for k in yes]), 3), first=round(np.mean([ok(k) for k in yes]), 3), at1=round(at(.01), 3), at03=round(at(.003), 3))


def show(name, records, truth, score):
    print(name, recall(records, truth, score))
    for c in ('small', 'medium', 'large', 'flat', 'plate', 'turned', 'covered', 'faint'):
        print('   ', c, recall(records, truth, score, c))


def logits(records, checkpoint):
    import torch
    from model import Verifier
    from train import tensor
    net = Verifier()
    net.load_state_dict(torch.load(checkpoint)['net'])
    net.eval()
    order = sorted(range(len(records)), key=lambda i: (records[i].w, records[i].h))
    out = np.zeros(len(records), np.float32)
    with torch.no_grad():
        for i in range(0, len(order), 64):
            part = order[i:i + 64]
            x, sizes = tensor([records[k] for k in part])
            out[part] = net(x, sizes).numpy()
    return out


if __name__ == '__main__':
    data, pattern, scenes = sys.argv[1:4]
    records, truth = read(pattern, data + '/groups.json', scenes)
    print(len(records), 'pairs of', len({r.scene for r in records}), 'pictures')
    show('score', records, truth, [r.f[I['score']] for r in records])
    print('correlation', recall(records, truth, [r.f[I['whole']] for r in records]))
    if len(sys.argv) > 4:
        show('network', records, truth, logits(records, sys.argv[4]))
