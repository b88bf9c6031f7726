"""Trains the network and goes on where it was stopped: train.py DATA OUT MINUTES [FROM].

With FROM, a checkpoint of an earlier training, it begins with that one's weights and a lower rate.

One process draws lines, this one learns, on one thread. The rate of learning follows the minutes spent, so the
given number of minutes is the length of the whole training, stops and restarts included.
"""
import math, multiprocessing as mp, os, random, sys, time
import numpy as np, torch
import torch.nn.functional as F
import lines
from average import average
from labels import HAN, Labels
from model import Net

BATCH, POOL, RATE = 32, 24000, 2.5e-3
AGAIN = 1.2e-3  # rate of a training that begins with the weights of another
FRESH = .4       # lines drawn for one learnt from
ALL_HANZI = .8  # share of the training after which the second head is computed in full
SETTLED = .4    # share after which the first three convolutions learn no more, which saves a quarter of the time


def draw(queue, data, seed):
    os.nice(1)
    r = random.Random(seed)
    d = lines.Drawer(data, seed)
    while True:
        out = []
        while len(out) < 64:
            x = d.line(r, r.choice(lines.KINDS))
            if x is not None:
                out.append(x)
        queue.put(out)


def stack(rows):
    w = (max(x.shape[1] for x, _ in rows) + 7) // 8 * 8
    out = np.full((len(rows), 3, lines.HEIGHT, w), 128, np.uint8)
    for i, (x, _) in enumerate(rows):
        out[i, :, :, :x.shape[1]] = x.transpose(2, 0, 1)
    return (torch.from_numpy(out).float() - 128) / lines.STEP


def scores(net, x, han, alphabet):
    """Log-probabilities of the alphabet without HAN, then of all Hanzi: frames x lines x labels."""
    with torch.cpu.amp.autocast(dtype=torch.bfloat16):
        f = net(x.contiguous(memory_format=torch.channels_last))
        a = F.log_softmax(net.alphabet(f).float().squeeze(2).permute(2, 0, 1), 2)
        h = F.log_softmax(net.hanzi(f).float().squeeze(2).permute(2, 0, 1), 2)
    return torch.cat([a[..., :alphabet - 1], h + a[..., han:han + 1]], 2)


def learning(net, x, han, alphabet, wanted, others):
    """The same for the Hanzi wanted only. Of the second head's other outputs some are drawn by lot and stand for all,
    which costs an eighth; in the last part of the training (others None) all are computed, but only for frames where
    the first head thinks of a Hanzi."""
    with torch.cpu.amp.autocast(dtype=torch.bfloat16):
        f = net(x.contiguous(memory_format=torch.channels_last))
        a = F.log_softmax(net.alphabet(f).float().squeeze(2).permute(2, 0, 1), 2)
        if len(wanted) == 0:
            return a[..., :alphabet - 1]
        frames = f.squeeze(2).permute(2, 0, 1)  # T N C
        w, b = net.hanzi.weight[:, :, 0, 0], net.hanzi.bias
        if others is not None:
            pick = torch.cat([wanted, others])
            h = F.linear(frames, w[pick], b[pick]).float()
            extra = torch.zeros(len(pick))
            extra[len(wanted):] = math.log((len(w) - len(wanted)) / len(others))
            h = h[..., :len(wanted)] - torch.logsumexp(h + extra, 2, keepdim=True)
        else:
            t, n = torch.nonzero(a[..., han].detach() > math.log(.01), as_tuple=True)
            some = F.linear(frames[t, n], w, b).float()
            some = some[:, wanted] - torch.logsumexp(some, 1, keepdim=True)
            h = torch.full((*a.shape[:2], len(wanted)), -12.0).index_put((t, n), some)
    return torch.cat([a[..., :alphabet - 1], h + a[..., han:han + 1]], 2)


def loss_of(net, rows, labels, all_hanzi=False):
    """Sum of the CTC losses over the number of labels. PyTorch's gradient of CTC expects scores that add up to one;
    these do not, so that the share which would cancel is taken away by hand."""
    han, first = labels.of[HAN], labels.alphabet
    wanted = sorted({s - first for _, t in rows for s in t if s >= first})
    where = {h + first: first - 1 + i for i, h in enumerate(wanted)}
    x = stack(rows)
    others = None
    if not all_hanzi:
        spare = np.ones(len(labels.names) - first, bool)
        spare[wanted] = False
        others = torch.from_numpy(np.random.choice(np.flatnonzero(spare), 512, replace=False))
    lp = learning(net, x, han, first, torch.tensor(wanted, dtype=torch.long), others)
    target = [where.get(s, s) for _, t in rows for s in t]
    frames = torch.tensor([min(lp.shape[0], (x.shape[1] + 3) // 4) for x, _ in rows])
    lengths = torch.tensor([len(t) for _, t in rows])
    free = lp.detach().requires_grad_()
    each = F.ctc_loss(free, torch.tensor(target), frames, lengths, reduction='none', zero_infinity=True)
    weight = 1 / float(lengths.sum())
    g, = torch.autograd.grad(each.sum(), free)
    alive = (torch.arange(lp.shape[0])[:, None] < frames[None, :]) & (each.detach() > 0)[None, :]
    g = (g - free.detach().exp()) * alive[..., None] * weight
    return float(each.sum()) * weight, lambda: lp.backward(g)


def distance(a, b):
    p = list(range(len(b) + 1))
    for i, x in enumerate(a):
        c = [i + 1]
        for j, y in enumerate(b):
            c.append(min(p[j] + (x != y), p[j + 1] + 1, c[-1] + 1))
        p = c
    return p[-1]


def greedy(lp, width, alphabet):
    best = lp[:(width + 3) // 4].argmax(1).tolist()
    return [s if s < alphabet - 1 else s + 1 for i, s in enumerate(best) if s and (i == 0 or s != best[i - 1])]


def examine(net, rows, labels):
    net.eval()
    wrong = total = right = 0
    with torch.no_grad():
        for i in range(0, len(rows), BATCH):
            part = rows[i:i + BATCH]
            lp = scores(net, stack(part), labels.of[HAN], labels.alphabet)
            for k, (x, t) in enumerate(part):
                d = distance(greedy(lp[:, k], x.shape[1], labels.alphabet), t)
                wrong, total, right = wrong + d, total + len(t), right + (d == 0)
    net.train()
    return wrong / total, right / len(rows)


def coloured(state):
    """Weights of a network that saw grey lines as those of one that sees colours."""
    w = state['trunk.0.c.weight']
    if w.shape[1] == 1:
        state = dict(state)
        state['trunk.0.c.weight'] = w * torch.tensor([.299, .587, .114]).view(1, 3, 1, 1)
    return state


def main(data, out, minutes, begin=None):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    labels = Labels.read(os.path.join(lines.HERE, 'labels.txt'))
    net = Net(labels.alphabet, len(labels.names) - labels.alphabet).to(memory_format=torch.channels_last)
    print('weights', sum(p.numel() for p in net.parameters()), flush=True)
    top = RATE
    if begin:
        net.load_state_dict(coloured(torch.load(begin)['mean']))
        top = AGAIN
    opt = torch.optim.AdamW(net.parameters(), lr=top, weight_decay=1e-4)
    mean = {k: v.clone() for k, v in net.state_dict().items()}
    spent, it = 0.0, 0
    path = out + '/checkpoint.pt'
    if os.path.exists(path):
        c = torch.load(path)
        net.load_state_dict(c['net'])
        opt.load_state_dict(c['opt'])
        mean, spent, it = c['mean'], c['spent'], c['it']
        print('goes on at', it, spent, flush=True)
    seed = 500 + it
    queue = mp.Queue(24)
    mp.Process(target=draw, args=(queue, data, seed), daemon=True).start()
    r, vr = random.Random(seed), random.Random(999)
    d = lines.Drawer(data, 7, test=True, photos=150)
    val = {}
    for kind in ('ko', 'zh', 'latin'):
        rows = [x for x in (d.line(vr, kind) for _ in range(110)) if x is not None][:96]
        val[kind] = sorted(rows, key=lambda x: x[0].shape[1])
    del d
    shadow = Net(labels.alphabet, len(labels.names) - labels.alphabet)
    pool, drawn, tot, n, begun = [], 0, 0.0, 0, it
    last, told = time.time(), spent
    while spent < minutes * 60:
        while len(pool) < 1500 or drawn < 3000 + FRESH * (it - begun) * BATCH and not queue.empty():
            rows = queue.get()
            drawn += len(rows)
            if len(pool) < POOL:
                pool += rows
            else:
                for x in rows:
                    pool[r.randrange(POOL)] = x
        # Lines of one width and with or without Hanzi learn together.
        some = [pool[r.randrange(len(pool))] for _ in range(BATCH * 8)]
        some.sort(key=lambda x: (any(s >= labels.alphabet for s in x[1]), x[0].shape[1]))
        k = r.randrange(8)
        rate = top * min(1, (it + 20) / 300) * (.02 + .98 * .5 * (1 + math.cos(math.pi * min(1, spent / (minutes * 60)))))
        for g in opt.param_groups:
            g['lr'] = rate
        if spent > SETTLED * minutes * 60 and net.trunk[0].c.weight.requires_grad:
            for m in net.trunk[:3]:
                m.eval()
                m.requires_grad_(False)
        loss, back = loss_of(net, some[k * BATCH:(k + 1) * BATCH], labels, spent > ALL_HANZI * minutes * 60)
        opt.zero_grad(set_to_none=True)
        back()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 4.)
        opt.step()
        it, tot, n = it + 1, tot + loss, n + 1
        average(mean, net, it)
        now = time.time()
        spent, last = spent + now - last, now
        if spent - told > 150 or spent >= minutes * 60:
            told = spent
            shadow.load_state_dict(mean)
            marks = '  '.join('%s %.3f %.2f' % (k, *examine(shadow, v, labels)) for k, v in val.items())
            print('min %.1f it %d drawn %d loss %.3f  %s' % (spent / 60, it, drawn, tot / n, marks), flush=True)
            tot = n = 0
            torch.save({'net': net.state_dict(), 'opt': opt.state_dict(), 'mean': mean, 'spent': spent, 'it': it}, path + '.new')
            os.replace(path + '.new', path)
            last = time.time()


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:])
