"""Trains the network that moves boxes; goes on from its checkpoint.

usage: frames.py SCENES FINDER OUT MINUTES STEPS
SCENES are folders of scenes.py, joined by commas; the first hundred scenes are kept to measure with. FINDER is the finder's
checkpoint, whose boxes are to be moved. What lies around a box is kept, so that it is drawn once and seen in many ways.
"""
import math, random, sys, time

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

import boxes
import course
from field import field, turn_back, window
from finder import Finder
from framer import LOOK, Framer, look, moved, told

torch.set_num_threads(1)
cv2.setNumThreads(1)
BATCH, KEPT = 128, 70000
WIDE, HIGH, FILL = 144, 72, .41  # what is kept around a box


class Picture:
    """A scene and its fields at the sizes that Go looks at."""

    def __init__(self, path):
        self.im, self.fields = cv2.imread(path), {}

    def level(self, w, h):
        """Number of the smallest field that shows a box at the size of its window."""
        k = math.sqrt(w * h / (96 * 48)) / LOOK
        return max([i for i in range(11) if 2 ** (-i / 3) * k >= .89], default=0)

    def field(self, i):
        if i not in self.fields:
            z = 2 ** (-i / 3)
            h, w = self.im.shape[:2]
            self.fields[i] = field(cv2.resize(self.im, (round(w * z), round(h * z)), interpolation=cv2.INTER_AREA)), z
        return self.fields[i]

    def around(self, x, y, w, h, turn):
        """What lies around a box, along its own sides."""
        f, z = self.field(self.level(w, h))
        return np.round(window(f, x * z, y * z, w * z, h * z, turn, (WIDE, HIGH), FILL)).astype(np.int8)

    def look(self, b):
        f, z = self.field(self.level(b[2], b[3]))
        return look(f, b[0] * z, b[1] * z, b[2] * z, b[3] * z, b[4])


def spread(r, b, much):
    """A box beside b."""
    x, y, w, h, t = b
    return (x + r.gauss(0, .08 * much) * w, y + r.gauss(0, .09 * much) * h, w * math.exp(r.gauss(0, .15 * much)), h * math.exp(r.gauss(0, .17 * much)), t)


def turned(r, b):
    """The box as the finder tells its turn, or does not."""
    return (*b[:4], 0. if r.random() < .2 else b[4] + r.gauss(0, .06))


def stream(folders, finder, seed, queue):
    """Draws for ever: box, mark or none, what lies around the box."""
    torch.set_num_threads(1)
    r = random.Random(seed)
    for n in range(10**9):
        if n % 1000 == 0:
            scenes = sum((boxes.lines(f) for f in folders.split(',')), [])[boxes.HELD:]
            net = Finder()
            net.load_state_dict(torch.load(finder)['net'])
            net.eval()
        s = r.choice(scenes)
        p = Picture(s['path'])
        part = []
        found = [f[1:] for f in boxes.boxes(net, p.im, 40)]
        wrong = []
        for f in found:
            o, mark = max([(boxes.overlap(f, m), m) for m in s['boxes']], default=(0, None))
            if o > .3:
                part.append((f, mark))
            elif o < .15:
                wrong.append((f, None))
        part += r.sample(wrong, min(len(wrong), 5))
        for m in s['boxes']:
            part += [(spread(r, turned(r, m), r.choice([.5, 1, 1.5])), m) for _ in range(3)]
        queue.put([(b, m, p.around(*b)) for b, m in part if b[2] * b[3] > 100])


def sample(r, record):
    """A window of what was kept, seen another way, and what should be said of it."""
    b, mark, kept = record
    _, _, w, h, t = b
    if mark is not None:  # along the sides of the box from here on
        c, s, dx, dy = math.cos(t), math.sin(t), mark[0] - b[0], mark[1] - b[1]
        mark = (c * dx + s * dy, c * dy - s * dx, mark[2], mark[3], mark[4] - t)
    much, turn = r.choice([0, 0, .3, .6]), r.choice([0, 0, 0, r.gauss(0, .06)])
    seen = spread(r, (0., 0., w, h, turn), much)
    kx, ky = WIDE * FILL / w, HIGH * FILL / h
    c, s = math.cos(turn), math.sin(turn)
    m = np.diag([kx, ky]) @ np.float64([[c, -s], [s, c]]) @ np.diag([seen[2] / (96 * LOOK), seen[3] / (48 * LOOK)])
    at = np.float64([seen[0] * kx + WIDE / 2 - .5, seen[1] * ky + HIGH / 2 - .5])
    out = cv2.warpAffine(kept.astype(np.float32), np.c_[m, at - m @ [47.5, 23.5]], (96, 48), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    turn_back(out, turn)
    said = np.zeros(5, np.float32) if mark is None else np.float32(told(seen, mark))
    flip = r.choice([0, 0, 0, 1, 1, 2, 3])
    if flip & 1:
        out = out[:, ::-1]
        said[0] = -said[0]
    if flip & 2:
        out = out[::-1]
        said[1] = -said[1]
    if flip in (1, 2):
        out = out * np.float32([1, 1, -1])
        said[4] = -said[4]
    near = 0 if mark is None else boxes.overlap(seen, mark)
    there = mark is not None and near > .25 and abs(said[:2]).max() < .5
    sure = -1 if mark is not None and near < .5 else float(there)  # -1: neither way
    return out, said, np.float32(there), np.float32(sure)


def settle(net, p, found, times=1):
    """Moves boxes (x, y, w, h, turn); returns them with what the network thinks of each."""
    out = [(0., f) for f in found]
    for _ in range(times):
        x = np.stack([p.look(b) for _, b in out]).round()
        with torch.no_grad():
            said = net(torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last) / 128).numpy()
        out = [(s[0], moved(b, s[1:])) for (_, b), s in zip(out, said)]
    return out


def measure(net, finder, scenes):
    """Share of marks with a box of overlap above .5, .65 and .75 among the finder's first so many; found, moved once, twice."""
    net.eval()
    hits, n, off, was = {}, 0, [[], [], []], []
    for s in scenes:
        p = Picture(s['path'])
        found = boxes.boxes(finder, p.im, 40)
        ways = [[f[1:] for f in found], [b for _, b in settle(net, p, [f[1:] for f in found])], [b for _, b in settle(net, p, [f[1:] for f in found], 2)]]
        for m in s['boxes']:
            n += 1
            for k, way in enumerate(ways):
                for first in (16, 32):
                    o, b = max((boxes.overlap(m, b), b) for b in way[:first])
                    for t in (.5, .65, .75):
                        hits[k, first, t] = hits.get((k, first, t), 0) + (o > t)
                    if o > .5 and first == 32:
                        off[k].append(abs(b[4] - m[4]))
                        if k == 0:
                            was.append(abs(m[4]))
    net.train()
    return {f'{k}': round(v / n, 3) for k, v in sorted(hits.items())}, 'turned by', np.degrees(np.mean(was)).round(2), 'off by', [np.degrees(np.mean(o)).round(2) for o in off]


def main():
    folders, finder, out, minutes, planned = sys.argv[1:6]
    planned = int(planned)
    torch.manual_seed(1)
    net = Framer().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    step = course.resume(out, net, opt)
    queue, r, kept, drawn = mp.Queue(50), random.Random(step), [], 0
    mp.Process(target=stream, args=(folders, finder, step, queue), daemon=True).start()
    held = boxes.lines(folders.split(',')[0])[:boxes.HELD]
    found = Finder()
    found.load_state_dict(torch.load(finder)['net'])
    found.eval()
    start, mean = time.time(), None
    while time.time() - start < 60 * float(minutes) and step < planned:
        while len(kept) < 4000 or not queue.empty():
            for k in queue.get():
                if len(kept) < KEPT:
                    kept.append(k)
                else:
                    kept[drawn % KEPT] = k
                drawn += 1
        x, said, there, sure = (torch.from_numpy(np.stack(v)) for v in zip(*(sample(r, r.choice(kept)) for _ in range(BATCH))))
        course.pace(opt, 2e-3, step, planned)
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            a = net((x / 128).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)).float()
        size = torch.nn.functional.smooth_l1_loss(a[:, 1:5], said[:, :4], reduction='none', beta=.04).sum(1)
        turn = torch.nn.functional.smooth_l1_loss(a[:, 5], said[:, 4], reduction='none', beta=.1)
        where = ((size + .3 * turn) * there).sum() / there.sum().clamp(min=1)
        mark = torch.nn.functional.binary_cross_entropy_with_logits(a[:, 0], sure.clamp(min=0), (sure >= 0).float())
        loss = where + .3 * mark
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2)
        opt.step()
        mean = float(loss) if mean is None else .98 * mean + .02 * float(loss)
        step += 1
        if step % 100 == 0:
            print(f'{step} {time.time() - start:.0f} s loss {mean:.3f} where {float(where):.3f} mark {float(mark):.3f} drawn {drawn}', flush=True)
        if step % 1000 == 0 or step == planned:
            course.keep(out, net, opt, step)
            print(step, *measure(net, found, held), flush=True)


if __name__ == '__main__':
    main()
