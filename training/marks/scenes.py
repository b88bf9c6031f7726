"""Draws listing-like pictures with and without marks.

usage: scenes.py DATA PHOTOS SIDE COUNT OUT [FIRST [BADGES [MARKS]]]
PHOTOS is a folder of photographs (LICENCES.md), with drop.txt naming those to leave out. SIDE is train or test. Writes
OUT/nnnnn.jpg and OUT/scenes.jsonl, a line a picture: file, mark (null for none), known (whether the mark is one to be
registered), quad (its corners in the picture, clockwise from its upper left), changes, and more: the corners of other
marks, up to MARKS in all (1 unless told).
Half the pictures show a registered mark, a third another one, the rest none; BADGES is the share of badges among the
marks (0.18 unless told): a picture with another badge of a registered one's style is the hardest to reject.
"""
import functools, glob, json, math, os, random, sys, zlib

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from words import FONTS, HANGUL, HANZI, LATIN

cv2.setNumThreads(1)


def photographs(folder, side):
    """The photographs of one side, without those that pictures to be measured with are made of."""
    drop = set(open(folder + '/drop.txt').read().split())
    files = [f for f in glob.glob(folder + '/**/*.jpg', recursive=True) if os.path.relpath(f, folder) not in drop]
    return sorted(f for f in files if (zlib.crc32(os.path.basename(f).encode()) % 4 == 0) == (side == 'test'))


@functools.lru_cache(3000)
def picture(path):
    return Image.open(path).convert('RGB')


def colour(r, low=0, high=255):
    return tuple(r.randint(low, high) for _ in range(3))


def piece(r, photos, w, h):
    """A part of a photograph that fills w x h pixels."""
    p = picture(r.choice(photos))
    z = r.uniform(.5, 1) * min(p.size[0] / w, p.size[1] / h)
    cw, ch = max(8, int(w * z)), max(8, int(h * z))
    x, y = r.randint(0, p.size[0] - cw), r.randint(0, p.size[1] - ch)
    p = p.crop((x, y, x + cw, y + ch)).resize((w, h), Image.BICUBIC)
    return ImageOps.mirror(p) if r.random() < .5 else p


def wall(r, w, h):
    """A plain or shaded ground, perhaps woven or blotched."""
    dark = 90 if r.random() < .8 else 0
    a, b = np.float32(colour(r, dark)), np.float32(colour(r, dark))
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
    return Image.fromarray(np.clip(g, 0, 255).astype(np.uint8))


def paste(r, im, photos):
    """Lays a piece of a photograph with some outline on the picture."""
    w, h = int(r.uniform(.2, .7) * im.size[0]), int(r.uniform(.2, .7) * im.size[0])
    mask = Image.new('L', (w, h), 0)
    d = ImageDraw.Draw(mask)
    kind = r.random()
    if kind < .4:
        d.rectangle([0, 0, w, h], fill=255)
    elif kind < .6:
        d.ellipse([0, 0, w - 1, h - 1], fill=255)
    elif kind < .75:
        d.rounded_rectangle([0, 0, w - 1, h - 1], min(w, h) // 5, fill=255)
    else:
        n = r.randint(5, 11)
        d.polygon([(w / 2 * (1 + r.uniform(.5, 1) * math.cos(6.28 * i / n)), h / 2 * (1 + r.uniform(.5, 1) * math.sin(6.28 * i / n))) for i in range(n)], fill=255)
    im.paste(piece(r, photos, w, h), (r.randint(-w // 4, im.size[0] - w // 2), r.randint(-h // 4, im.size[1] - h // 2)), mask)


def ground(r, photos):
    """A background of 640 to 960 pixels: a photograph, several, or pieces of some on a plain wall."""
    w, h = 720, r.choice([720, 720, 540, 900, 960])
    k = r.random()
    if k < .4:
        im = piece(r, photos, w, h)
    elif k < .6:
        im = Image.new('RGB', (w, h), colour(r, 180))
        cols, rows = r.choice([(2, 1), (1, 2), (2, 2), (2, 2), (3, 2), (3, 3)])
        gap = r.choice([0, 0, 4, 12])
        for i in range(cols * rows):
            im.paste(piece(r, photos, w // cols - gap, h // rows - gap), (i % cols * (w // cols), i // cols * (h // rows)))
    else:
        im = wall(r, w, h)
        for _ in range(r.randint(0, 4)):
            paste(r, im, photos)
    im = im.convert('RGBA')
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


def draw(r, out, n, photos, known, other, share, most):
    """Draws picture n and returns its line."""
    im = ground(r, photos).convert('RGB')
    k = r.random()
    pool = known if k < .55 else other if k < .9 else None
    line = dict(file=f'{n:05d}.jpg', mark=None, known=False, changes=[])
    if pool:
        badges = [f for f in pool if '/badge--' in f]
        path = r.choice(badges) if r.random() < share else r.choice(pool)
        im, quad, changes = lay(im, path, r)
        line.update(mark=os.path.basename(path)[:-4], known=k < .55, quad=quad, changes=changes)
        line['more'] = []
        for _ in range(r.randint(0, most - 1)):  # where they are is all that is told of them
            im, quad, _ = lay(im, r.choice(badges) if r.random() < share else r.choice(pool), r)
            line['more'].append(quad)
    if r.random() < .15:
        z = r.uniform(.6, .95)
        im = im.resize((int(im.size[0] * z), int(im.size[1] * z)), Image.BILINEAR)
        for quad in [line['quad']] + line['more'] if line['mark'] else []:
            quad[:] = [[x * z, y * z] for x, y in quad]
    im.save(f'{out}/{n:05d}.jpg', quality=r.randint(50, 93))
    return json.dumps(line)


def main():
    data, folder, side, count, out = sys.argv[1:6]
    first, share, most = (float(v) for v in (sys.argv[6:] + [0, .18, 1][len(sys.argv) - 6:]))
    os.makedirs(out, exist_ok=True)
    photos = photographs(folder, side)
    known, other = sorted(glob.glob(f'{data}/{side}/*.png')), sorted(glob.glob(f'{data}/{side}_other/*.png'))
    with open(f'{out}/scenes.jsonl', 'a') as f:
        for n in range(int(first), int(first) + int(count)):
            f.write(draw(random.Random(f'{side} scene {n}'), out, n, photos, known, other, share, int(most)) + '\n')
            if n % 50 == 0:
                f.flush()


if __name__ == '__main__':
    main()
