"""Trains the network of codes; goes on from its checkpoint.

usage: codes.py DATA PHOTOS OUT MINUTES STEPS
InfoNCE (van den Oord 2018): of every mark of a batch one changed view must be nearer to the mark by itself than to
all others of the batch and of the batches before. Marks that look alike (groups.json) are not held against each other.
Drawing is slower than training, so views are kept and shown several times, mirrored and moved each time in another way:
a mirrored mark is another mark.
"""
import glob, json, math, os, pickle, random, sys, time

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

import course
import views
from coder import Coder, near

torch.set_num_threads(1)
BATCH, MEMORY = 160, 12
HEAT = (.05, .025)  # of the numbers, and of their signs: bits of other marks scatter by 0.044


def stream(data, photos, side, seed, queue):
    """Draws for ever: number of a mark, its group, a changed view; with the first view of a mark its plain ones."""
    torch.set_num_threads(1)
    r = random.Random(seed)
    files = sorted(glob.glob(f'{data}/{side}/*.png') + glob.glob(f'{data}/{side}_other/*.png'))
    group = json.load(open(f'{data}/groups.json'))
    told, n, part = set(), 0, []
    while True:
        r.shuffle(files)
        for f in files:
            if n % 4000 == 0:
                grounds = views.grounds(photos, side, 60, r.random())
            n += 1
            a = views.load(f)
            plain = None if f in told else np.stack([whole(views.canonical(a, g)) for g in views.backdrops(a)])
            told.add(f)
            part.append((f, str(group.get(os.path.basename(f)[:-4], f)), whole(views.view(r, a, grounds)), plain))
            if len(part) == 64:
                queue.put(part)
                part = []


def whole(a):
    return np.round(a).astype(np.int8)


class Store:
    """What was drawn so far, on disk as well, so that training goes on where it was."""

    def __init__(self, most):
        self.most, self.views, self.plain, self.group, self.count = most, {}, {}, {}, 0

    def take(self, part):
        for f, group, view, plain in part:
            if plain is not None:
                self.plain[f] = plain
            self.group[f] = group
            l = self.views.setdefault(f, [])
            if len(l) >= self.most:
                l.pop(0)
            l.append(view)
            self.count += 1

    def batch(self, r):
        chosen = r.sample(sorted(self.views), BATCH)
        x, y, who = [], [], []
        for f in chosen:
            v, p = r.choice(self.views[f]), r.choice(self.plain[f])
            if r.random() < .7:
                v = moved(r, v)
            flip = r.choice([0, 0, 1, 2, 3])
            x.append(flipped(v, flip))
            y.append(flipped(p, flip))
            who.append(hash((self.group[f], flip)))
        return np.stack(x), np.stack(y), np.array(who)


def flipped(a, how):
    """Mirrored (1), upside down (2), both: directions turn with the picture."""
    if how & 1:
        a = a[:, ::-1]
    if how & 2:
        a = a[::-1]
    return a * np.int8([1, 1, -1]) if how in (1, 2) else a


def moved(r, v):
    """The window a little beside."""
    sx, sy = math.exp(r.gauss(0, .07)), math.exp(r.gauss(0, .07))
    m = np.float32([[sx, 0, 48 * (1 - sx) + r.gauss(0, 2)], [0, sy, 24 * (1 - sy) + r.gauss(0, 1.2)]])
    return whole(cv2.warpAffine(v.astype(np.float32), m, (96, 48), flags=cv2.INTER_LINEAR))


def tensor(a):
    return torch.from_numpy(a).float().permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last) / 128


def rank(net, data, photos, n=1500):
    """Of marks never trained on: how often the right one is first, among five, among twenty, by the bits."""
    r = random.Random(7)
    grounds = views.grounds(photos, 'test', 40, 7)
    files = sorted(glob.glob(f'{data}/test/*.png') + glob.glob(f'{data}/test_other/*.png'))
    net.eval()
    with torch.no_grad():
        code = lambda l: torch.cat([torch.sign(net(tensor(np.stack(l[i:i + 64]).round().astype(np.int8)))) for i in range(0, len(l), 64)])
        base = code([views.canonical(views.load(f), views.backdrops(views.load(f))[0]) for f in files])
        at = [r.randrange(len(files)) for _ in range(n)]
        seen = code([views.view(r, views.load(files[i]), grounds) for i in at])
        agree = seen @ base.T
        right = agree[torch.arange(n), torch.tensor(at)]
        place = (agree > right[:, None]).sum(1).numpy()
    net.train()
    return [round(float((place < k).mean()), 3) for k in (1, 5, 20, 50)]


def main():
    data, photos, out, minutes, planned = sys.argv[1:6]
    planned = int(planned)
    torch.manual_seed(1)
    net = Coder().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    step = course.resume(out, net, opt)
    queue, r = mp.Queue(8), random.Random(step)
    worker = mp.Process(target=stream, args=(data, photos, 'train', time.time(), queue), daemon=True)
    worker.start()
    start, mean, memory, store = time.time(), None, [], Store(30)
    if os.path.exists(out + '.views'):
        store = pickle.load(open(out + '.views', 'rb'))
    while time.time() - start < 60 * float(minutes) and step < planned:
        while len(store.views) < 12 * BATCH or not queue.empty():
            store.take(queue.get())
        x, y, who = store.batch(r)
        who = torch.from_numpy(who)
        course.pace(opt, 1.2e-3, step, planned)
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            z = net(torch.cat([tensor(x), tensor(y)])).float()
        a, b = z[:len(x)], z[len(x):]
        others = torch.cat([b] + [m for m, _ in memory])
        names = torch.cat([who] + [w for _, w in memory])
        alike = who[:, None] == names[None]
        alike[torch.arange(len(x)), torch.arange(len(x))] = False
        loss = 0
        for s, heat in zip(near(a, others), HEAT):
            loss = loss + torch.nn.functional.cross_entropy(s.masked_fill(alike, -9) / heat, torch.arange(len(x)))
        for s, heat in zip(near(b, a), HEAT):
            loss = loss + .3 * torch.nn.functional.cross_entropy(s.masked_fill(alike[:, :len(x)], -9) / heat, torch.arange(len(x)))
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1)
        opt.step()
        memory = ([(b.detach(), who)] + memory)[:MEMORY]
        mean = float(loss) if mean is None else .98 * mean + .02 * float(loss)
        step += 1
        if step % 100 == 0:
            right = float((near(a, others)[1].masked_fill(alike, -9).argmax(1) == torch.arange(len(x))).float().mean())
            print(f'{step} {time.time() - start:.0f} s loss {mean:.3f} first {right:.2f} drawn {store.count}', flush=True)
        if step % 500 == 0 or step == planned:
            course.keep(out, net, opt, step)
            pickle.dump(store, open(out + '.views', 'wb'))
            print(step, 'unseen marks, first / 5 / 20 / 50:', rank(net, data, photos), flush=True)
    course.keep(out, net, opt, step)


if __name__ == '__main__':
    main()
