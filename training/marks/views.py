"""Draws marks as they lie in pictures, small pieces at a time, for the network of codes."""
import functools, glob, math, os, random

import cv2
import numpy as np
from PIL import Image

import scenes
from field import GM, field, window

cv2.setNumThreads(1)


# A pixel's centre lies half a pixel from its corner.
SHIFT = np.float64([[1, 0, .5], [0, 1, .5], [0, 0, 1]])
UNSHIFT = np.float64([[1, 0, -.5], [0, 1, -.5], [0, 0, 1]])


@functools.lru_cache(20000)
def load(path):
    """The mark cut out of its plain background: RGBA uint8 of at most 200 pixels."""
    im = Image.open(path)
    plain = im.mode != 'RGBA'
    im = im.convert('RGBA')
    a = np.asarray(im).copy()
    if plain or a[..., 3].min() > 200:
        a = cut(a)
    ys, xs = np.where(a[..., 3] > 32)
    if len(ys):
        a = a[ys.min():ys.max() + 1, xs.min():xs.max() + 1]
    k = 200 / max(a.shape[:2])
    if k < 1:
        p = a.astype(np.float32)
        p[..., :3] *= p[..., 3:] / 255
        p = cv2.resize(p, (max(1, round(a.shape[1] * k)), max(1, round(a.shape[0] * k))), interpolation=cv2.INTER_AREA)
        p[..., :3] /= np.maximum(p[..., 3:], 1) / 255
        a = np.clip(p, 0, 255).astype(np.uint8)
    return a


def cut(a):
    """Makes the plain area that touches the edges transparent, as mark.go does."""
    edge = np.concatenate([a[0], a[-1], a[:, 0], a[:, -1]])[:, :3].astype(int)
    if (np.abs(edge - edge[0]).max(1) <= 24).mean() < .8:
        return a
    like = (np.abs(a[..., :3].astype(int) - edge[0]).max(2) <= 24).astype(np.uint8)
    _, lab = cv2.connectedComponents(like, connectivity=4)
    rim = np.unique(np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]]))
    out = a.copy()
    out[np.isin(lab, rim[rim > 0]) & (like > 0), 3] = 0
    return out


def backdrops(a):
    """The greys a mark is laid on, as mark.go has it."""
    ink = a[..., 3] > 128
    out = [g for g in (255, 16) if (np.abs(a[..., :3].astype(int) - g).max(2) > 40)[ink].mean() > .3] if ink.any() else []
    return out or [128]


def lay(r, a, base, m, opacity=1.):
    """Lays a mark with the map m (2x3 or 3x3) on base (float32)."""
    p = a.astype(np.float32)
    p[..., :3] *= p[..., 3:] / 255
    k = math.sqrt(abs(m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]))
    n = int(1 / k)
    sx = sy = 1.
    if n > 1:
        w, h = max(1, p.shape[1] // n), max(1, p.shape[0] // n)
        sx, sy = p.shape[1] / w, p.shape[0] / h
        p = cv2.resize(p, (w, h), interpolation=cv2.INTER_AREA)
    m3 = np.eye(3)
    m3[:m.shape[0]] = m
    m3 = m3 @ np.diag([sx, sy, 1])
    m3 = UNSHIFT @ m3 @ SHIFT
    layer = cv2.warpPerspective(p, m3, (base.shape[1], base.shape[0]), flags=cv2.INTER_LINEAR) * opacity
    return base * (1 - layer[..., 3:] / 255) + layer[..., :3]


def canonical(a, grey):
    """The window of a mark by itself on a plain ground."""
    h, w = a.shape[:2]
    k = GM / math.sqrt(w * h)
    rim = .25 * k * max(w, h)
    W, H = int(w * k + 2 * rim), int(h * k + 2 * rim)
    base = np.full((H, W, 3), grey, np.float32)
    m = np.float64([[k, 0, W / 2 - k * w / 2], [0, k, H / 2 - k * h / 2]])
    out = np.clip(lay(None, a, base, m) + .5, 0, 255).astype(np.uint8)
    return window(field(out), W / 2, H / 2, w * k, h * k)


def recolour(r, a):
    c, _ = scenes.recolour(r, Image.fromarray(a), Image.fromarray(a[..., 3]))
    return np.asarray(c)


def view(r, a, grounds):
    """The window of a mark changed as sellers do, in the box that a detector might give it."""
    h, w = a.shape[:2]
    gm = r.uniform(24, 49) if r.random() < .4 else r.uniform(49, 62)
    k = gm / math.sqrt(w * h)
    sx, sy = k, k
    if r.random() < .25:
        sx *= r.uniform(.8, 1.25)
    turn = math.radians(r.uniform(-20, 20)) if r.random() < .5 else math.radians(r.gauss(0, 1.5))
    bw, bh = w * sx, h * sy
    c, s = abs(math.cos(turn)), abs(math.sin(turn))
    W, H = int((bw * c + bh * s) * 1.5 + 40), int((bw * s + bh * c) * 1.5 + 40)
    g = r.choice(grounds)
    z = r.choice([1, 1, .8, .63, .5, .35, .25])
    gh, gw = min(g.shape[0], int(H / z) + 1), min(g.shape[1], int(W / z) + 1)
    y, x = r.randint(0, g.shape[0] - gh), r.randint(0, g.shape[1] - gw)
    base = cv2.resize(g[y:y + gh, x:x + gw], (W, H), interpolation=cv2.INTER_AREA).astype(np.float32)
    a = recolour(r, a)
    cos, sin = math.cos(turn), math.sin(turn)
    A = np.float64([[sx * cos, -sy * sin], [sx * sin, sy * cos]])
    at = np.float64([W / 2, H / 2]) - A @ [w / 2, h / 2]
    m = np.eye(3)
    m[:2] = np.c_[A, at]
    if r.random() < .2:
        m[2, :2] = r.uniform(-.12, .12) / w, r.uniform(-.12, .12) / h
        m = m / (m[2] @ [w / 2, h / 2, 1])
        at = m @ [w / 2, h / 2, 1]
        m = np.float64([[1, 0, W / 2 - at[0]], [0, 1, H / 2 - at[1]], [0, 0, 1]]) @ m
    if r.random() < .28:  # a plate under it
        p = r.uniform(.05, .22) * max(w, h)
        plate = np.empty((int(h + 2 * p), int(w + 2 * p), 4), np.uint8)
        plate[:] = r.choice([(255, 255, 255), (255, 243, 205), (40, 40, 44), scenes.colour(r), scenes.colour(r)]) + (255,)
        base = lay(r, plate, base, m @ np.float64([[1, 0, -p], [0, 1, -p], [0, 0, 1]]))
    if r.random() < .13:
        a = a.copy()
        f = r.uniform(.1, .3)
        i, j = int(w * f), int(h * f)
        r.choice([a[:, :i], a[:, w - i:], a[:j], a[h - j:]])[..., 3] = 0
    out = lay(r, a, base, m, r.uniform(.45, 1) if r.random() < .4 else 1)
    if r.random() < .2:
        out = cv2.GaussianBlur(out, (0, 0), r.uniform(.4, 1))
    out = np.clip(out, 0, 255).astype(np.uint8)
    if r.random() < .5:
        out = cv2.imdecode(cv2.imencode('.jpg', out, [cv2.IMWRITE_JPEG_QUALITY, r.randint(45, 93)])[1], 1)
    f = field(out, r.uniform(.3, 1.2) * 60)
    j = r.choice([.2, .4, .6, .8, 1.1])  # as the framer errs
    seen = turn + math.radians(r.gauss(0, 2.5)) if r.random() < (.9 if w > 1.6 * h else .7) else 0  # what it tells
    return window(f, W / 2 + r.gauss(0, .065 * j) * bw, H / 2 + r.gauss(0, .085 * j) * bh, bw * math.exp(r.gauss(0, .16 * j)), bh * math.exp(r.gauss(0, .19 * j)), seen)


def grounds(folder, side, n, seed):
    """n backgrounds to cut pieces from."""
    r = random.Random(seed)
    photos = scenes.photographs(folder, side)
    return [np.asarray(scenes.ground(r, photos).convert('RGB')) for _ in range(n)]
