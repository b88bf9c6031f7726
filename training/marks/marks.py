"""Chooses the marks of training and test from rendered icons and draws badges beside them.

usage: marks.py ICONS OUT
Writes OUT/train and OUT/test (marks to register), OUT/train_other and OUT/test_other (marks nobody registers), and
OUT/groups.json: marks of one group are the same brand or look the same, so that neither is held against the other.
Groups never lie on both sides of the split.
"""
import glob, json, os, random, re, sys, zlib

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from words import FONTS, HANGUL, HANZI, LATIN

def phrase(r):
    kind = r.choice(['ko', 'ko', 'zh', 'la'])
    if kind == 'ko':
        return kind, r.choice(['', ' ']).join(r.sample(HANGUL, r.randint(1, 3)))
    if kind == 'zh':
        return kind, ''.join(r.sample(HANZI, r.randint(1, 3)))
    return kind, ' '.join(r.sample(LATIN, r.randint(1, 2)))


def another(r, kind):
    while True:
        k, t = phrase(r)
        if k == kind:
            return t


def colour(r, low=0, high=255):
    return tuple(r.randint(low, high) for _ in range(3))


class Style:
    """A family of badges: the same drawing, shape, font and layout; only the words differ."""

    def __init__(self, r, icons):
        self.kind, self.first = phrase(r)
        self.font = r.choice(FONTS[self.kind])
        self.icon = r.choice(icons) if r.random() < .7 else None
        self.shape = r.choice(['pill', 'rect', 'rect', 'hex', 'bare', 'bare', 'outline', 'seal'])
        self.back, self.front = colour(r, 0, 150), colour(r, 190, 255)
        if r.random() < .4 or self.shape in ('bare', 'outline'):
            self.back, self.front = self.front, self.back
        self.line = r.random() < .4
        self.gap = r.randint(6, 30)
        self.band = r.random() < .2

    def draw(self, r, text, white, frame=None):
        """The badge with other words; in a frame of the given width, as a shop's badges often have, words shrink."""
        size = 96 if not self.line else 72
        font = ImageFont.truetype(self.font, size)
        box = font.getbbox(text)
        small = ImageFont.truetype(self.font, 40)
        under = another(r, self.kind) if self.line else ''
        ubox = small.getbbox(under) if under else (0, 0, 0, 0)
        tw = max(box[2] - box[0], ubox[2] - ubox[0])
        high = 150
        while frame and tw + (75 if self.shape == 'seal' else 60 + (120 + self.gap if self.icon else 0)) > frame and size > 30:
            size -= 6
            font = ImageFont.truetype(self.font, size)
            box = font.getbbox(text)
            small = ImageFont.truetype(self.font, min(40, size))
            ubox = small.getbbox(under) if under else ubox
            tw = max(box[2] - box[0], ubox[2] - ubox[0])
        if self.shape == 'seal':
            w = h = max(tw + 90, 240)
            left = (w - tw) // 2
        else:
            left = 30 + (120 + self.gap if self.icon else 0)
            w, h = left + tw + 34, high
        if frame:
            w = max(w, frame)
            if self.shape == 'seal':
                h, left = w, (w - tw) // 2
        self.width = w
        im = Image.new('RGBA', (w, h), (255, 255, 255, 255) if white else (0, 0, 0, 0))
        d = ImageDraw.Draw(im)
        full = self.back + (255,)
        if self.shape == 'pill':
            d.rounded_rectangle([0, 0, w - 1, h - 1], h // 2, fill=full)
        elif self.shape == 'rect':
            d.rounded_rectangle([0, 0, w - 1, h - 1], 8, fill=full)
        elif self.shape == 'hex':
            d.polygon([(0, 0), (w - h // 3, 0), (w - 1, h // 2), (w - h // 3, h - 1), (0, h - 1)], fill=full)
        elif self.shape == 'outline':
            d.rounded_rectangle([3, 3, w - 4, h - 4], 20, outline=self.front + (255,), width=7)
        elif self.shape == 'seal':
            d.ellipse([2, 2, w - 3, h - 3], fill=full)
            d.ellipse([14, 14, w - 15, h - 15], outline=self.front + (255,), width=5)
        if self.band and self.shape == 'rect':
            d.rectangle([0, 0, w - 1, 10], fill=self.front + (255,))
        ink = self.front + (255,)
        if self.icon is not None and self.shape != 'seal':
            i = Image.open(self.icon).convert('RGBA')
            i.thumbnail((112, 112), Image.LANCZOS)
            flat = Image.new('RGBA', i.size, ink)
            flat.putalpha(i.getchannel('A'))
            im.alpha_composite(flat, (22, (h - i.size[1]) // 2))
        y = (h - (box[3] - box[1])) // 2 if not under else h // 2 - 62 + (h - high) // 2 + 8
        d.text((left - box[0], y - box[1]), text, font=font, fill=ink)
        if under:
            d.text((left - ubox[0], h // 2 + 24 - ubox[1]), under, font=small, fill=ink)
        k = 320 / max(im.size)
        return im.resize((max(1, round(im.size[0] * k)), max(1, round(im.size[1] * k))), Image.LANCZOS)


def sketch(path):
    """A small normalised drawing by which look-alikes are found."""
    im = Image.open(path).convert('RGBA')
    box = im.getchannel('A').getbbox()
    if box is None:
        return None
    im = im.crop(box)
    a = np.asarray(im.resize((24, 24), Image.BOX)).astype(np.float32)
    g = a[..., :3].mean(2) * a[..., 3] / 255 + 255 - a[..., 3]
    v = np.concatenate([(g - g.mean()).ravel(), (a[..., 3] - a[..., 3].mean()).ravel() * .5])
    n = np.linalg.norm(v)
    return v / n if n > 200 else None


def groups(files):
    """Joins marks of one brand and marks that look alike."""
    parent = list(range(len(files)))

    def find(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i
    first = {}
    for i, f in enumerate(files):
        name = os.path.basename(f)[:-4].split('--')[1].lower()
        word = re.split(r'[^a-z0-9]+', name)[0]
        for key in sorted({re.sub(r'[^a-z0-9]', '', name), word}):
            if len(key) > 2:
                parent[find(i)] = find(first.setdefault(key, i))
    vs = [sketch(f) for f in files]
    ok = [i for i, v in enumerate(vs) if v is not None]
    m = np.stack([vs[i] for i in ok])
    for k in range(0, len(ok), 512):
        for a, b in zip(*np.where(m[k:k + 512] @ m.T > .93)):
            if a + k < b:
                parent[find(ok[a + k])] = find(ok[b])
    return [find(i) for i in range(len(files))], set(range(len(files))) - set(ok)


def main():
    icons, out = sys.argv[1:]
    files = sorted(glob.glob(icons + '/*.png'))
    group, plain = groups(files)
    r = random.Random(5)
    table = {}
    for d in ('train', 'test', 'train_other', 'test_other'):
        os.makedirs(f'{out}/{d}', exist_ok=True)
    members = {}
    for i in range(len(files)):
        if i not in plain:
            members.setdefault(group[i], []).append(i)
    counts = {}
    for g, list_ in sorted(members.items()):
        name = os.path.basename(files[list_[0]])
        h = zlib.crc32(('split' + name).encode())
        side = 'test' if h % 4 == 0 else 'train'
        other = '_other' if h // 4 % 2 else ''
        for i in r.sample(list_, min(2, len(list_))):  # a large group has too many alike
            im = Image.open(files[i]).convert('RGBA')
            box = im.getchannel('A').getbbox()
            im = im.crop(box)
            if min(im.size) * 7 < max(im.size) or max(im.size) < 60:
                continue
            if min(im.size) < 60:
                k = 60 / min(im.size)
                im = im.resize((round(im.size[0] * k), round(im.size[1] * k)), Image.LANCZOS)
            if r.random() < .25:
                w = Image.new('RGBA', (im.size[0] + 12, im.size[1] + 12), (255, 255, 255, 255))
                w.alpha_composite(im, (6, 6))
                im = w.convert('RGB')
            dest = side + other
            if counts.get(dest, 0) >= (2400 if side == 'train' else 900):
                continue
            counts[dest] = counts.get(dest, 0) + 1
            im.save(f'{out}/{dest}/{os.path.basename(files[i])}')
            table[os.path.basename(files[i])[:-4]] = int(g)
    drawings = [f for f in files if re.search(r'/(tabler|mdi|ph|game-icons|healthicons)--', f)]
    for side, families in (('train', 300), ('test', 110)):
        mine = [f for f in drawings if (zlib.crc32(f.encode()) % 4 == 0) == (side == 'test')]
        for n in range(families):
            r = random.Random(f'{side}{n}')
            s = Style(r, mine)
            words = [s.first] + [another(r, s.kind) for _ in range(3)]
            if r.random() < .3:  # the same beginning
                words[1] = words[0].split(' ')[0] + another(r, s.kind)[:3]
            seen = set()
            for k, w in enumerate(words):
                if w in seen:
                    continue
                seen.add(w)
                dest = side + ('' if k == 0 or k == 1 and n % 3 == 0 else '_other')
                name = f'badge--{side}{n:03d}.{k}'
                if k and r.random() < .5:  # a rival's badge may have another colour
                    s.back = tuple(min(255, max(0, c + r.randint(-60, 60))) for c in s.back)
                im = s.draw(r, w, s.shape in ('bare', 'outline') and r.random() < .3)
                im.save(f'{out}/{dest}/{name}.png')
                table[name] = f'{side}{n}.{k}'
                if k == 0:
                    frame = s.width
            for k in range(4, 8):  # rivals in the very frame of the registered one
                r = random.Random(f'{side}{n}.{k}')
                if r.random() < .4:
                    s.back = tuple(min(255, max(0, c + r.randint(-80, 80))) for c in s.back)
                name = f'badge--{side}{n:03d}.{k}'
                s.draw(r, another(r, s.kind), s.shape in ('bare', 'outline') and r.random() < .3, frame).save(f'{out}/{side}_other/{name}.png')
                table[name] = f'{side}{n}.{k}'
    json.dump(table, open(f'{out}/groups.json', 'w'))
    print({d: len(os.listdir(f'{out}/{d}')) for d in ('train', 'test', 'train_other', 'test_other')})


main()
