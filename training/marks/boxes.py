"""Trains the network that finds boxes; goes on from its checkpoint.

usage: boxes.py SCENES OUT MINUTES STEPS
SCENES are folders of scenes.py, joined by commas; the first hundred scenes are kept to measure with.
Heat and sizes as in CenterNet (Zhou 2019): the middle of a mark is one, places near it count little as others.
"""
import json, math, random, sys, time

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

import course
from field import field
from finder import STEP, TURN, USUAL, Finder

torch.set_num_threads(1)
cv2.setNumThreads(1)
SIDE, BATCH = 256, 16
HELD = 100  # scenes to measure with
LEAST, GREATEST = 13, 44  # geometric mean of a box's sides, pixels of the field
SCALES = (2 ** (-3 / 3), 2 ** (-5 / 3), 2 ** (-8 / 3), 2 ** (-10 / 3))  # the levels that Go looks at


def sides(quad):
    """Middle, side lengths and turn of a mark."""
    q = np.float64(quad)
    w = (np.linalg.norm(q[1] - q[0]) + np.linalg.norm(q[2] - q[3])) / 2
    h = (np.linalg.norm(q[3] - q[0]) + np.linalg.norm(q[2] - q[1])) / 2
    u = q[1] - q[0] + q[2] - q[3]
    return q[:, 0].mean(), q[:, 1].mean(), w, h, math.atan2(u[1], u[0])


def lines(folder):
    out = []
    for line in open(folder + '/scenes.jsonl'):
        if not line.endswith('\n'):
            break  # still being drawn
        s = json.loads(line)
        s['boxes'] = [sides(q) for q in ([s['quad']] if s['mark'] else []) + s.get('more', [])]
        s['path'] = f"{folder}/{s['file']}"
        out.append(s)
    return out


def sample(r, s):
    """A piece of a scene at some size, with what the network should say of it; the piece alone is scaled, to save time."""
    z = math.exp(r.uniform(np.log(.12), np.log(.7)))
    b = r.choice(s['boxes']) if s['boxes'] and r.random() < .85 else None  # a size at which one of its marks can be seen
    if b is not None:
        z = min(.8, math.exp(r.uniform(np.log(14.5), np.log(40))) / np.sqrt(b[2] * b[3]))
    half = 2 if z < .45 else 1
    im = cv2.imread(s['path'], cv2.IMREAD_REDUCED_COLOR_2 if half == 2 else cv2.IMREAD_COLOR)
    h, w = im.shape[0] * half, im.shape[1] * half
    if b is None:
        x0, y0 = r.uniform(0, max(0, w - SIDE / z)), r.uniform(0, max(0, h - SIDE / z))
    else:
        x0 = min(max(b[0] - r.uniform(20, SIDE - 20) / z, 0), max(0, w - SIDE / z))
        y0 = min(max(b[1] - r.uniform(20, SIDE - 20) / z, 0), max(0, h - SIDE / z))
    x0, y0 = int(x0 / half), int(y0 / half)
    im = im[y0:y0 + math.ceil(SIDE / z / half), x0:x0 + math.ceil(SIDE / z / half)]
    n, m = min(SIDE, max(24, round(im.shape[1] * half * z))), min(SIDE, max(24, round(im.shape[0] * half * z)))
    f = field(cv2.resize(im, (n, m), interpolation=cv2.INTER_AREA))
    boxes = [((x - x0 * half) * z, (y - y0 * half) * z, bw * z, bh * z, t) for x, y, bw, bh, t in s['boxes']]
    if r.random() < .5:
        f = f[:, ::-1] * np.float32([1, 1, -1])
        boxes = [(n - x, y, a, c, -t) for x, y, a, c, t in boxes]
    if r.random() < .25:
        f = f[::-1] * np.float32([1, 1, -1])
        boxes = [(x, m - y, a, c, -t) for x, y, a, c, t in boxes]
    x = np.zeros((SIDE, SIDE, 3), np.float32)
    x[:m, :n] = f
    return x, *target(boxes)


def target(boxes):
    """Heat (1 in the middle), weight of the places without a mark, the five numbers, and where they count."""
    n = SIDE // STEP
    heat, weight = np.zeros((n, n), np.float32), np.ones((n, n), np.float32)
    numbers, there = np.zeros((5, n, n), np.float32), np.zeros((n, n), np.float32)
    yy, xx = np.mgrid[0:n, 0:n]
    for x, y, w, h, t in boxes:
        u, v, gm = x / STEP - .5, y / STEP - .5, np.sqrt(w * h)
        if not (0 <= round(u) < n and 0 <= round(v) < n):
            continue
        d = ((xx - u) / max(w / STEP, 2)) ** 2 + ((yy - v) / max(h / STEP, 2)) ** 2
        weight = np.minimum(weight, np.minimum(1, d * 12) ** 2)
        if not LEAST < gm < GREATEST:  # neither way
            weight[d < .3] = 0
            continue
        heat[round(v), round(u)] = 1
        near = (abs(xx - u) <= 1.5) & (abs(yy - v) <= 1.5)
        numbers[:, near] = np.stack([u - xx, v - yy, np.full((n, n), np.log(w / USUAL)), np.full((n, n), np.log(h / USUAL)), np.full((n, n), t / TURN)])[:, near]
        there[near] = 1
    return heat, weight, numbers, there


def boxes(net, im, most=100):
    """What the network finds in a picture: rows of score, x, y, w, h, turn in its pixels, best first."""
    out = []
    for z in SCALES:
        h, w = round(im.shape[0] * z), round(im.shape[1] * z)
        f = field(cv2.resize(im, (w, h), interpolation=cv2.INTER_AREA))
        x = np.zeros(((h + 7) // 8 * 8, (w + 7) // 8 * 8, 3), np.float32)
        x[:h, :w] = f.round()
        with torch.no_grad():
            a = net(torch.from_numpy(x / 128).permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last))[0]
        best = torch.nn.functional.max_pool2d(a[:1][None], 3, 1, 1)[0, 0]
        v, u = np.where((a[0] == best).numpy() & (a[0] > -6).numpy())
        n = a[:, v, u].numpy()
        for k in range(len(u)):
            out.append((n[0, k], (u[k] + .5 + n[1, k]) * STEP / z, (v[k] + .5 + n[2, k]) * STEP / z, np.exp(n[3, k]) * USUAL / z, np.exp(n[4, k]) * USUAL / z, n[5, k] * TURN))
    out.sort(reverse=True)
    keep = []
    for b in out:
        if all(overlap(b[1:], k[1:]) < .6 for k in keep):
            keep.append(b)
            if len(keep) == most:
                break
    return keep


def overlap(a, b):
    w = min(a[0] + a[2] / 2, b[0] + b[2] / 2) - max(a[0] - a[2] / 2, b[0] - b[2] / 2)
    h = min(a[1] + a[3] / 2, b[1] + b[3] / 2) - max(a[1] - a[3] / 2, b[1] - b[3] / 2)
    if w <= 0 or h <= 0:
        return 0
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h)


def measure(net, scenes):
    """Share of marks with a box of overlap above .5 and .65 among the first so many, by size."""
    net.eval()
    hits, n, off, was = {}, {}, [], []
    for s in scenes:
        im = cv2.imread(s['path'])
        found = boxes(net, im)
        for b in s['boxes']:
            near = [f for f in found if overlap(b, f[1:]) > .5]
            if near and b[2] > 1.6 * b[3]:
                off.append(abs(near[0][5] - b[4]))
                was.append(abs(b[4]))
            share = max(b[2], b[3]) / im.shape[1]
            for size in ('all', 'small' if share < .12 else 'medium' if share < .2 else 'large'):
                n[size] = n.get(size, 0) + 1
                for first in (16, 32, 64, 100):
                    o = max([overlap(b, f[1:]) for f in found[:first]], default=0)
                    for t in (.5, .65):
                        hits[size, first, t] = hits.get((size, first, t), 0) + (o > t)
    net.train()
    print('turn of wide marks', np.degrees(np.mean(was)), 'missed by', np.degrees(np.mean(off)), len(off))
    return {f'{k[0]} {k[1]} {k[2]}': round(v / n[k[0]], 2) for k, v in sorted(hits.items())}


def stream(folders, seed, queue):
    """Draws batches for ever."""
    torch.set_num_threads(1)
    r = random.Random(seed)
    for n in range(10**9):
        if n % 500 == 0:
            scenes = sum((lines(f) for f in folders.split(',')), [])[HELD:]
        queue.put([np.stack(v) for v in zip(*(sample(r, r.choice(scenes)) for _ in range(BATCH)))])


def main():
    folders, out, minutes, planned = sys.argv[1:5]
    planned = int(planned)
    torch.manual_seed(1)
    net = Finder().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-3)
    step = course.resume(out, net, opt)
    queue = mp.Queue(12)
    mp.Process(target=stream, args=(folders, step, queue), daemon=True).start()
    start, mean = time.time(), None
    held = lines(folders.split(',')[0])[:HELD]
    while time.time() - start < 60 * float(minutes) and step < planned:
        x, heat, weight, numbers, there = (torch.from_numpy(v) for v in queue.get())
        course.pace(opt, 2e-3, step, planned)
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            a = net((x / 128).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)).float()
        p = torch.sigmoid(a[:, 0])
        n = heat.sum().clamp(min=1)
        hot = -(torch.nn.functional.logsigmoid(a[:, 0]) * (1 - p) ** 2 * heat).sum() / n
        cold = -(torch.nn.functional.logsigmoid(-a[:, 0]) * p ** 2 * weight * (1 - heat)).sum() / n
        size = torch.nn.functional.smooth_l1_loss(a[:, 1:5], numbers[:, :4], reduction='none', beta=.1).sum(1) + 2 * (a[:, 5] - numbers[:, 4]) ** 2
        size = (size * there).sum() / there.sum().clamp(min=1)
        loss = hot + cold + size
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2)
        opt.step()
        mean = float(loss) if mean is None else .98 * mean + .02 * float(loss)
        step += 1
        if step % 50 == 0:
            print(f'{step} {time.time() - start:.0f} s loss {mean:.3f} size {float(size):.3f}', flush=True)
        if step % 500 == 0 or step == planned:
            course.keep(out, net, opt, step)
            print(step, measure(net, held), flush=True)
    course.keep(out, net, opt, step)


if __name__ == '__main__':
    main()
