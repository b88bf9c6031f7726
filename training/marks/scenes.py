"""Draws listing-like pictures with and without marks.

usage: scenes.py DATA SIDE COUNT OUT [FIRST [BADGES]]
SIDE is train or test. Writes OUT/nnnnn.jpg and OUT/scenes.jsonl, a line a picture: file, mark (null for none), known
(whether the mark is one to be registered), quad (its corners in the picture, clockwise from its upper left) and changes.
Half the pictures show a registered mark, a third another one, the rest none; BADGES is the share of badges among the
marks (0.18 unless told): a picture with another badge of a registered one's style is the hardest to reject.
"""
import glob, io, json, math, os, random, sys, zlib
from multiprocessing import Pool

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from words import FONTS, HANGUL, HANZI, LATIN

cv2.setNumThreads(1)
WALLS = [f for f in glob.glob('/usr/share/wallpapers/*/contents/images/*x*.*g') + glob.glob('/usr/share/backgrounds/*.*g')
         + glob.glob('/usr/share/backgrounds/gnome/*.webp')]
STAMPS = glob.glob('/usr/share/tuxpaint/stamps/**/*.png', recursive=True)


def side_of(path, side):
    return (zlib.crc32(path.encode()) % 4 == 0) == (side == 'test')


cache = {}


def picture(path, most):
    if path not in cache:
        im = Image.open(path)
        im.draft('RGB', (most, most))
        im = im.convert('RGBA' if path in STAMPS else 'RGB')
        im.thumbnail((most, most), Image.LANCZOS)
        cache[path] = im
    return cache[path]


def colour(r, low=0, high=255):
    return tuple(r.randint(low, high) for _ in range(3))


def ground(r, side):
    """A background of 640 to 800 pixels: part of a photograph, cloth, or things on a plain wall."""
    w, h = 720, r.choice([720, 720, 540, 900, 960])
    k = r.random()
    walls, stamps = ([f for f in l if side_of(f, side)] for l in (WALLS, STAMPS))
    if k < .5:
        p = picture(r.choice(walls), 1600)
        z = r.uniform(.25, .95) * min(p.size[0] / w, p.size[1] / h)
        cw, ch = int(w * z), int(h * z)
        x, y = r.randint(0, p.size[0] - cw), r.randint(0, p.size[1] - ch)
        im = p.crop((x, y, x + cw, y + ch)).resize((w, h), Image.BICUBIC)
    else:
        a, b = np.float32(colour(r, 90 if k < .9 else 0)), np.float32(colour(r, 90 if k < .9 else 0))
        if r.random() < .6:
            b = a * r.uniform(.8, 1.1)
        t = r.random() * 6.3
        yy, xx = np.mgrid[0:h, 0:w] / w - .5
        g = (.5 + (xx * math.cos(t) + yy * math.sin(t)) * .7)[..., None]
        g = a * g + b * (1 - g)
        if r.random() < .4:  # weave
            p = r.uniform(2.5, 9)
            g = g + (np.sin(xx * w * 6.28 / p) * np.sin(yy * w * 6.28 / p) * r.uniform(2, 14))[..., None]
        if r.random() < .5:
            n = np.random.RandomState(r.randint(0, 2**31 - 1)).randn(h // 8, w // 8).astype(np.float32)
            g = g + cv2.resize(n, (w, h), interpolation=cv2.INTER_CUBIC)[..., None] * r.uniform(3, 22)
        im = Image.fromarray(np.clip(g, 0, 255).astype(np.uint8))
    im = im.convert('RGBA')
    for _ in range(r.randint(0, 1) if k < .5 else r.randint(1, 5)):
        s = picture(r.choice(stamps), 600)
        z = r.uniform(.3, .95) * 600 / max(s.size)
        s = s.resize((max(8, int(s.size[0] * z)), max(8, int(s.size[1] * z))), Image.BICUBIC)
        if r.random() < .5:
            s = ImageOps.mirror(s)
        im.alpha_composite(s, (r.randint(0, max(1, w - s.size[0] // 2 - 1)), r.randint(0, max(1, h - s.size[1] // 2 - 1))))
    for _ in range(r.choice([0, 0, 0, 1, 2, 4])):
        advertise(im, r)
    return im


def advertise(im, r):
    kind = r.choice(['ko', 'ko', 'zh', 'la'])
    words = dict(ko=HANGUL, zh=HANZI, la=LATIN)[kind]
    t = (' ' if kind != 'zh' else '').join(r.sample(words, r.randint(1, 4))) + r.choice(['', '', '!', ' 50%', ' 1+1'])
    f = ImageFont.truetype(r.choice(FONTS[kind]), r.randint(16, 70))
    b = f.getbbox(t)
    x, y = r.randint(0, max(1, im.size[0] - b[2])), r.randint(0, im.size[1] - 60)
    d = ImageDraw.Draw(im)
    if r.random() < .5:
        d.rounded_rectangle([x + b[0] - 10, y + b[1] - 8, x + b[2] + 10, y + b[3] + 8], r.choice([0, 10]), fill=colour(r) + (255,))
    c = colour(r)
    d.text((x, y), t, font=f, fill=c + (255,), stroke_width=r.choice([0, 0, 2]), stroke_fill=tuple(255 - v for v in c) + (255,))


def recolour(r, p, alpha):
    k = r.random()
    a = np.asarray(p).astype(np.int16).copy()
    if k < .14 and np.asarray(alpha).mean() < 215:
        a[..., :3] = r.choice([(255, 255, 255), (255, 255, 255), (15, 15, 15), colour(r), colour(r)])
        return Image.fromarray(a.astype(np.uint8)), ['flat']
    if k < .20:
        a[..., :3] = 255 - a[..., :3]
        return Image.fromarray(a.astype(np.uint8)), ['invert']
    if k < .28:
        a[..., :3] = a[..., r.choice([[2, 0, 1], [1, 2, 0], [2, 1, 0]])]
        return Image.fromarray(a.astype(np.uint8)), ['channels']
    if k < .32:
        a[..., :3] = a[..., :3].mean(2, keepdims=True)
        return Image.fromarray(a.astype(np.uint8)), ['grey']
    return p, []


def lay(im, path, r):
    """Lays a mark on the picture; returns the picture, the mark's corners and what was changed."""
    p = Image.open(path)
    had = p.mode == 'RGBA'
    p = p.convert('RGBA')
    w0, h0 = p.size
    W, H = im.size
    share = r.choice([r.uniform(.06, .12), r.uniform(.06, .12), r.uniform(.12, .2), r.uniform(.2, .4)])
    k = max(W * share / max(w0, h0), 14 / max(w0, h0))
    sx, sy = k, k
    changes = ['small' if share < .12 else 'medium' if share < .2 else 'large']
    if not had and r.random() < .4:  # a plain background made transparent
        a = np.asarray(p).copy()
        a[:, :, 3] = np.clip((250 - a[:, :, :3].min(2).astype(int)) * 5, 0, 255)
        p = Image.fromarray(a)
    p, c = recolour(r, p, p.getchannel('A'))
    changes += c
    if r.random() < .22:
        changes.append('stretched')
        sx *= r.uniform(.82, 1.2)
    turn = math.radians(r.uniform(-20, 20)) if r.random() < .45 else math.radians(r.gauss(0, 1)) if r.random() < .3 else 0
    if turn:
        changes.append('turned')
    m = 0
    if r.random() < .28:
        changes.append('plate')
        m = max(4, int(max(w0, h0) * r.uniform(.06, .25)))
        pl = Image.new('RGBA', (w0 + 2 * m, h0 + 2 * m), (0, 0, 0, 0))
        ImageDraw.Draw(pl).rounded_rectangle([0, 0, w0 + 2 * m - 1, h0 + 2 * m - 1], r.choice([0, m, m]), fill=r.choice([(255, 255, 255), (255, 243, 205), (40, 40, 44), colour(r), colour(r)]) + (255,))
        pl.alpha_composite(p, (m, m))
        p = pl
    w, h = p.size
    if r.random() < .13:
        changes.append('covered')
        al = p.getchannel('A')
        d = ImageDraw.Draw(al)
        f = r.uniform(.12, .3)
        d.rectangle(r.choice([[0, 0, int(w * f), h], [int(w * (1 - f)), 0, w, h], [0, 0, w, int(h * f)], [0, int(h * (1 - f)), w, h]]), fill=0)
        p.putalpha(al)
    if r.random() < .4:
        changes.append('faint')
        op = r.uniform(.45, 1)
        p.putalpha(p.getchannel('A').point(lambda v: int(v * op)))
    a = np.asarray(p).astype(np.float32)
    a[..., :3] *= a[..., 3:] / 255
    q = max(1, int(1 / max(sx, sy)))
    if q > 1:
        a = cv2.resize(a, (max(1, w // q), max(1, h // q)), interpolation=cv2.INTER_AREA)
    ux, uy = a.shape[1] / w, a.shape[0] / h
    c, s = math.cos(turn), math.sin(turn)
    tilt = r.uniform(-.05, .05) if r.random() < .2 else 0
    A = np.float64([[sx * c, -sy * (s + tilt)], [sx * s, sy * c]])
    corners = np.float64([[0, 0], [w, 0], [w, h], [0, h]]) @ A.T
    low, high = corners.min(0), corners.max(0)
    over = max(1, (high - low)[0] / W / .95, (high - low)[1] / H / .95)
    A, low, high = A / over, low / over, high / over
    at = np.float64([r.uniform(0, W - (high - low)[0]), r.uniform(0, H - (high - low)[1])]) - low
    M = np.concatenate([A / [ux, uy], at[:, None]], 1)
    layer = cv2.warpAffine(a, M, (W, H), flags=cv2.INTER_LINEAR)
    base = np.asarray(im.convert('RGB')).astype(np.float32)
    if r.random() < .12:
        layer = cv2.GaussianBlur(layer, (0, 0), r.uniform(.5, 1.1))
        changes.append('blurred')
    out = base * (1 - layer[..., 3:] / 255) + layer[..., :3]
    quad = np.float64([[m, m], [m + w0, m], [m + w0, m + h0], [m, m + h0]]) @ A.T + at
    return Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)), quad.round(2).tolist(), changes


def draw(job):
    data, side, out, n, share = job
    r = random.Random(f'{side} scene {n}')
    im = ground(r, side).convert('RGB')
    k = r.random()
    pool = KNOWN if k < .55 else OTHER if k < .9 else None
    line = dict(file=f'{n:05d}.jpg', mark=None, known=False, changes=[])
    if pool:
        badges = [f for f in pool if '/badge--' in f]
        path = r.choice(badges) if r.random() < share else r.choice(pool)
        im, quad, changes = lay(im, path, r)
        line.update(mark=os.path.basename(path)[:-4], known=k < .55, quad=quad, changes=changes)
    if r.random() < .15:
        z = r.uniform(.6, .95)
        im = im.resize((int(im.size[0] * z), int(im.size[1] * z)), Image.BILINEAR)
        if line['mark']:
            line['quad'] = [[x * z, y * z] for x, y in line['quad']]
    im.save(f'{out}/{n:05d}.jpg', quality=r.randint(50, 93))
    return json.dumps(line)


if __name__ == '__main__':
    data, side, count, out = sys.argv[1:5]
    first = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    share = float(sys.argv[6]) if len(sys.argv) > 6 else .18
    os.makedirs(out, exist_ok=True)
    KNOWN, OTHER = sorted(glob.glob(f'{data}/{side}/*.png')), sorted(glob.glob(f'{data}/{side}_other/*.png'))
    with open(f'{out}/scenes.jsonl', 'a') as f:
        for n in range(first, first + int(count)):
            f.write(draw((data, side, out, n, share)) + '\n')
            if n % 50 == 0:
                f.flush()
