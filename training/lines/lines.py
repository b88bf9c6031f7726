"""Draws lines of random text the way the finder of internal/match/ocr cuts them out of pictures.

A line is a picture HEIGHT pixels high, ink dark, in red, green and blue, whose values say how many standard deviations a
pixel lies from the median (see normal). internal/match/ocr/view.go does the same to a line that was found.
"""
import os, random
import cv2, numpy as np
from PIL import Image, ImageDraw, ImageFont
import fonts
from labels import Labels

cv2.setNumThreads(1)
HEIGHT = 32
MARGIN = 0.14     # heights of the ink kept over and under it
SIDES = 0.5       # and at both ends
STEP = 45         # grey values for one standard deviation
HERE = os.path.dirname(os.path.abspath(__file__))


def normal(v):
    """Values around 128: how far from the channel's median, in standard deviations of all channels together."""
    v = v.astype(np.float32)
    deviation = float(np.sqrt(v.reshape(-1, 3).var(0).mean()))
    return np.clip(128 + (v - np.median(v, (0, 1))) * (STEP / max(deviation, 8.0)), 0, 255).astype(np.uint8)


def hat(v):
    """Three channels of what is narrower than a stroke, ink dark."""
    return 255 - cv2.morphologyEx(v, cv2.MORPH_BLACKHAT, np.ones((9, 9), np.uint8))


class Words:
    """What is written: words of word lists, random syllables, random Hanzi, prices."""
    def __init__(self, data, labels):
        def read(name, keep):
            return [w for w in open(f'{data}/words/{name}.txt', encoding='utf8').read().split() if keep(w)]
        hangul = lambda c: 0xAC00 <= ord(c) < 0xD7A4
        han = lambda c: 0x4E00 <= ord(c) < 0xA000 and c in labels.of
        kana = lambda c: 0x3041 <= ord(c) < 0x30FF
        self.ko = read('kor', lambda w: len(w) <= 6 and all(map(hangul, w)))
        self.zh = read('chi_sim', lambda w: len(w) <= 6 and all(map(han, w)))
        self.tw = read('chi_tra', lambda w: len(w) <= 5 and all(map(han, w)))
        self.ja = read('jpn', lambda w: len(w) <= 7 and all(han(c) or kana(c) and c in labels.of for c in w))
        self.en = read('eng', lambda w: len(w) <= 11 and w.isalpha() and w.isascii())
        self.it = read('ita', lambda w: len(w) <= 11 and w.isalpha() and labels.spell(w) is not None)
        self.accented = [w for w in self.it if not w.isascii()]
        names = labels.names[labels.alphabet:]
        self.hanzi, self.level1 = names, names[:3755]
        self.syllables = [bytes([a, b]).decode('euc-kr') for a in range(0xB0, 0xC9) for b in range(0xA1, 0xFF)]
        self.accents = [c for c in labels.of if len(c) == 1 and 0xC0 <= ord(c) < 0x180]

    def case(self, r, w):
        return r.choice([w, w, w.upper(), w.capitalize(), w.capitalize()])

    def number(self, r):
        n = r.choice([r.randint(0, 99), r.randint(0, 9999), r.randint(1, 99) * 1000, r.randint(1, 999) * 100])
        s = r.choice([str(n), f'{n:,}', f'{n / 100:.2f}'] if n > 99 else [str(n)])
        return r.choice(['', '', '', '₩', '$', '¥', '+', '-', '#', '€']) + s + r.choice(['', '', '', '%', '+', 'ml', 'kg', 'cm', 'g', '/', '*'])

    def latin(self, r):
        u = r.random()
        if u < .68:
            return self.case(r, r.choice(self.en))
        if u < .82:
            return self.case(r, r.choice(self.it))
        if u < .88:
            return self.case(r, r.choice(self.accented))
        if u < .94:  # not a word: no language is learnt by heart
            return ''.join(r.choice('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') for _ in range(r.randint(1, 7)))
        return ''.join(r.choice(self.accents) if r.random() < .3 else r.choice('aeioucnrstlm') for _ in range(r.randint(3, 7)))

    def korean(self, r):
        u = r.random()
        if u < .66:
            return r.choice(self.ko)
        if u < .90:
            return ''.join(r.choice(self.syllables) for _ in range(r.randint(1, 4)))
        return self.number(r) + r.choice(['', '개', '원', '일', '종', '년', '호']) if u < .95 else self.latin(r)

    def chinese(self, r):
        u = r.random()
        if u < .42:
            return r.choice(self.zh)
        if u < .80:
            return ''.join(r.choice(self.level1) for _ in range(r.randint(1, 4)))
        if u < .86:
            return ''.join(r.choice(self.hanzi) for _ in range(r.randint(1, 4)))
        if u < .92:
            return r.choice(self.tw)
        return self.number(r) + r.choice(['', '元', '件', '天', '年']) if u < .96 else self.latin(r)

    def line(self, r, kind):
        word = {'ko': self.korean, 'zh': self.chinese, 'latin': self.latin}.get(kind) or (lambda r: r.choice(self.ja))
        if kind == 'latin' and r.random() < .12:
            word = self.number
        gap, end = {'ko': (.8, r.randint(3, 17)), 'zh': (.10, r.randint(3, 13)), 'ja': (.1, r.randint(3, 13)), 'latin': (1, r.randint(3, 28))}[kind]
        out = ''
        while len(out) < end:
            u = r.random()
            w = word(r)
            if u < .03:
                w = r.choice(['(%s)', '[%s]', '"%s"', "'%s'", '「%s」', '《%s》', '【%s】', '#%s', '★%s', '%s&', '%s.', '%s:', '@%s', '%s☆', '%s♥']) % w
            elif u < .09:
                w += r.choice('!!.,,?~·…→' if kind in ('ko', 'latin') else '!,,、。:?·…→')
            out += w + (' ' if r.random() < gap else '')
        return out[:{'ko': 19, 'zh': 15, 'ja': 15, 'latin': 32}[kind]].strip()


class Photos:
    """Backgrounds: pieces of photographs, as they are or enlarged."""
    def __init__(self, paths, limit, seed):
        r = random.Random(seed)
        paths = sorted(paths)
        r.shuffle(paths)
        self.all = []
        for p in paths[:limit]:
            im = cv2.imread(p)
            if im is None:
                continue
            k = 700 / max(im.shape[:2])
            self.all.append(cv2.resize(im, None, fx=k, fy=k, interpolation=cv2.INTER_AREA) if k < 1 else im)

    def piece(self, r, w, h):
        im = r.choice(self.all)
        s = min(r.uniform(.35, 1.6), im.shape[1] / w, im.shape[0] / h)
        w2, h2 = max(2, int(w * s)), max(2, int(h * s))
        x, y = r.randint(0, im.shape[1] - w2), r.randint(0, im.shape[0] - h2)
        return cv2.resize(im[y:y + h2, x:x + w2], (w, h), interpolation=cv2.INTER_LINEAR)


def photo_files(data, test):
    """Training sees the folders train, the test those called test or validation (val)."""
    out = []
    for top in ('clothing', 'grocery/dataset'):
        for folder, _, names in os.walk(f'{data}/photos/{top}'):
            parts = folder[len(f'{data}/photos/{top}') + 1:].split('/')
            if (parts[0] == 'train') != test and parts[0] in ('train', 'test', 'validation', 'val'):
                out += [os.path.join(folder, n) for n in names if n.endswith('.jpg')]
    return out


class Drawer:
    def __init__(self, data, seed, test=False, photos=700):
        self.data, self.labels = data, Labels.read(os.path.join(HERE, 'labels.txt'))
        self.words = Words(data, self.labels)
        self.photos = Photos(photo_files(data, test), photos, seed)
        self.fonts = (fonts.test if test else fonts.train)(data)
        self.faces = {}
        self.noise = np.random.default_rng(seed).standard_normal((600, 2000, 3)).astype(np.float32)

    def face(self, f, px):
        return ImageFont.truetype(f[0], px, index=f[1], layout_engine=ImageFont.Layout.BASIC)

    def size(self, r, kind):
        return int(round((11 if kind in ('zh', 'ja') else 9.5) * 4.6 ** (r.random() ** 1.7)))  # small ones are the hard ones

    def pick(self, r, kind):
        """A font of some size. Opening one is slow, so that most are used again a few times."""
        kept = self.faces.setdefault(kind, [])
        if len(kept) < 64 or r.random() < .15:
            f = r.choice(self.fonts[kind])
            px = self.size(r, kind)
            fine = 2 if r.random() < .6 else 1  # drawn twice as large and shrunk, as pictures are
            one = f, px, (self.face(f, fine * px), fine), fonts.covered(f, self.data)
            if len(kept) < 64:
                kept.append(one)
            else:
                kept[r.randrange(64)] = one
            return one
        return r.choice(kept)

    def choose(self, r, kind, text=None):
        """A font, its size, and a text that it can draw: the one given, or one of random words."""
        _, px, face, cover = self.pick(r, kind)
        while text is not None and any(c not in cover and c != ' ' for c in text):
            _, px, face, cover = self.pick(r, kind)
        if text is not None:
            return face, px, text
        for _ in range(6):
            t = self.words.line(r, kind)
            if all(c in cover or c == ' ' for c in t):
                return face, px, t
        return face, px, ' '.join(''.join(c for c in t if c in cover or c == ' ').split())

    def ground(self, r, w, h):
        """What lies behind, and whether it is even; every fourth changes at an edge under the text."""
        g, plain = self.one_ground(r, w, h)
        if r.random() < .25:
            other, _ = self.one_ground(r, w, h)
            x = np.arange(w)[None, :] - r.uniform(.1, .9) * w + (np.arange(h)[:, None] - h / 2) * r.uniform(-1.5, 1.5)
            g, plain = np.where((x > 0)[..., None], g, other), False
        return g, plain

    def one_ground(self, r, w, h):
        k = r.random()
        if k < .40:
            g = np.empty((h, w, 3), np.float32)
            g[:] = [r.randint(0, 255) for _ in range(3)] if r.random() < .7 else [r.choice((0, 255, 245, 20))] * 3
            if r.random() < .35:
                to = np.array([r.randint(-70, 70) for _ in range(3)], np.float32)
                ramp = np.linspace(0, 1, w, dtype=np.float32)[None, :, None] if r.random() < .7 else np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
                g += ramp * to
            return g, True
        if k < .46:  # stripes, checks and noise
            c = [np.array([r.randint(0, 255) for _ in range(3)], np.float32) for _ in range(2)]
            n = r.randint(2, 40)
            x = (np.arange(w)[None, :] * r.choice((0, 1)) + np.arange(h)[:, None] * r.choice((0, 1, 1))) // n % 2
            g = c[0] + x[..., None] * (c[1] - c[0]) * r.uniform(.1, .6)
            return g.astype(np.float32), False
        g = self.photos.piece(r, w, h).astype(np.float32)
        if r.random() < .15:
            g = g[:, ::-1] * r.uniform(.4, 1) + r.uniform(0, 90)
        return g, False

    def mask(self, r, face, t, px):
        """The ink and its outline as shares of 255, and the box of the ink; seldom with a line over or under it."""
        face, k = face
        b = face.getbbox(t)
        if b[2] - b[0] < 6 * k or b[3] - b[1] < 4 * k:
            return None
        stroke = max(1, k * px // r.randint(11, 20)) if r.random() < .28 else 0
        m = int(px * .4) + 6
        n = int(px * (.9 if r.random() < .75 else 2.6 if r.random() < .8 else 7)) + 4
        w, h = (b[2] - b[0]) // k + 2 * n, (b[3] - b[1]) // k + 2 * m
        rows = [(t, m * k - b[1])]
        if r.random() < .12:
            rows.append((''.join(r.sample(t, len(t))), m * k - b[1] + r.choice((-1, 1)) * int(k * px * r.uniform(1.15, 1.6))))

        def draw(**more):
            sheet = Image.new('L', (w * k, h * k))
            for text, y in rows:
                ImageDraw.Draw(sheet).text((n * k - b[0], y), text, font=face, fill=255, **more)
            sheet = np.asarray(sheet)
            return sheet if k == 1 else cv2.resize(sheet, (w, h), interpolation=cv2.INTER_AREA)
        return draw(), draw(stroke_width=stroke) if stroke else None, (n, m, w - n, h - m)

    def line(self, r, kind, text=None):
        """A view of a line and its labels, or None when chance drew nothing legible."""
        face, px, t = self.choose(r, kind, text)
        spelt = self.labels.spell(t)
        if not t or spelt is None or len(spelt) < 2:
            return None
        drawn = self.mask(r, face, t, px)
        if drawn is None:
            return None
        ink, outline, box = drawn
        h, w = ink.shape
        # Turned and skewed as in the picture; the cut below turns it back, nearly.
        centre = (w / 2, h / 2)
        turn = r.gauss(0, 3) if r.random() < .6 else 0.0
        pad = int(abs(np.sin(np.deg2rad(turn))) * w / 2) + 1
        M = cv2.getRotationMatrix2D(centre, turn, 1.0)
        M[0, 1] += r.gauss(0, .05)
        M[1, 0] += r.gauss(0, .004)
        M[1, 2] += pad
        H = h + 2 * pad
        ink = cv2.warpAffine(ink, M, (w, H), flags=cv2.INTER_LINEAR)
        corners = np.float32([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]]) @ M[:, :2].T.astype(np.float32) + M[:, 2].astype(np.float32)
        g, plain = self.ground(r, w, H)
        colour, dark = self.colour(r, g, H, w, plain)
        if outline is not None:
            edge = cv2.warpAffine(outline, M, (w, H), flags=cv2.INTER_LINEAR)
            a = edge[..., None].astype(np.float32) / 255
            pale = [r.randint(190, 255) if dark else r.randint(0, 90) for _ in range(3)] if r.random() < .6 else [255 * dark] * 3
            g = g * (1 - a) + a * np.array(pale, np.float32)
        elif r.random() < .12:  # shadow
            d = max(1, px // 14)
            a = np.roll(ink, (d, d), (0, 1))
            if r.random() < .5:
                a = cv2.GaussianBlur(a, (0, 0), d)
            a = a[..., None].astype(np.float32) / 255 * r.uniform(.3, 1)
            g = g * (1 - a) + a * (0 if not dark else 200)
        a = ink[..., None].astype(np.float32) / 255 * (1 if r.random() < .9 else r.uniform(.6, 1))
        g = (g * (1 - a) + a * colour).clip(0, 255)
        if r.random() < .25:
            g = cv2.GaussianBlur(g, (0, 0), r.uniform(.3, 1.0) * max(1, px / 24))
        if r.random() < .2:
            y, x = r.randrange(len(self.noise) - len(g)), r.randrange(max(1, 2000 - w))
            g = g + np.resize(self.noise[y:y + H, x:x + w], g.shape) * r.uniform(2, 14)
        g = g.clip(0, 255).astype(np.uint8)
        g = cv2.imdecode(cv2.imencode('.jpg', g, [cv2.IMWRITE_JPEG_QUALITY, r.randint(38, 95)])[1], 1)
        v = cv2.cvtColor(g, cv2.COLOR_BGR2GRAY)
        back, fore = np.median(v), float(np.median(v[ink > 200])) if (ink > 200).any() else 0.0
        dark = fore < back if abs(fore - back) > 6 else dark
        if r.random() < .05:  # the finder may take the outline, or the spaces, for the ink
            dark = not dark
        g = g[..., ::-1]
        cut = self.cut(r, g if dark else 255 - g, corners)
        if cut is None or cut.shape[1] // 4 < len(spelt) + sum(a == b for a, b in zip(spelt, spelt[1:])):
            return None
        return normal(hat(cut) if r.random() < .05 else cut), spelt

    def colour(self, r, g, h, w, plain):
        """A colour that stands out from the ground, seldom by little."""
        middle = g[h // 4:h - h // 4].mean((0, 1))
        mean = float(middle @ [.114, .587, .299])
        if r.random() < .4:  # dark on light or light on dark, whatever else is there
            dark = mean >= 128
            return np.float32([r.randint(0, 90) if dark else r.randint(190, 255) for _ in range(3)]), dark
        for _ in range(30):
            c = np.array([r.randint(0, 255) for _ in range(3)] if r.random() < .55 else r.choice([(255, 255, 255), (0, 0, 0), (250, 250, 250), (20, 20, 20)]), np.float32)
            l = float(c @ [.114, .587, .299])
            if abs(l - mean) >= r.uniform(38, 95):
                return c, l < mean
        return np.float32([255] * 3 if mean < 128 else [0] * 3), mean >= 128

    def cut(self, r, v, q):
        """The line as the finder would box it: a little off."""
        along = q[1] - q[0]
        length = np.linalg.norm(along)
        along = along / max(length, 1e-6)
        height = abs(np.cross(along, q[3] - q[0]))
        a = r.gauss(0, .012)
        u = np.array([along[0] * np.cos(a) - along[1] * np.sin(a), along[0] * np.sin(a) + along[1] * np.cos(a)])
        n = np.array([-u[1], u[0]])
        ink = height * min(max(r.gauss(1.02, .09), .82), 1.4)
        total = ink * (1 + 2 * MARGIN)
        left = SIDES * ink + height * (r.gauss(0, .12) if r.random() < .85 else r.uniform(0, 2.5) if r.random() < .8 else r.uniform(2, 7))
        right = SIDES * ink + height * (r.gauss(0, .12) if r.random() < .85 else r.uniform(0, 2.5) if r.random() < .8 else r.uniform(2, 7))
        scale = HEIGHT / total
        width = int(round((length + left + right) * scale))
        if width > 900 or width < 16:
            return None
        origin = q.mean(0) - u * (length / 2 + left) - n * (total / 2 + height * r.gauss(0, .035))
        # A pixel (x, y) of the strip lies at origin + (x + .5) / scale * u + (y + .5) / scale * n.
        s = 1 / scale
        M = np.float32([[u[0] * s, n[0] * s, origin[0] - .5 + .5 * s * (u[0] + n[0])], [u[1] * s, n[1] * s, origin[1] - .5 + .5 * s * (u[1] + n[1])]])
        if s > 1.2:  # average before picking
            v = cv2.blur(v, (int(round(s)), int(round(s))))
        return cv2.warpAffine(v, M, (width, HEIGHT), flags=(cv2.INTER_CUBIC if s < 1 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)


KINDS = ['ko'] * 44 + ['zh'] * 37 + ['latin'] * 14 + ['ja'] * 5

if __name__ == '__main__':
    import sys, time
    d = Drawer(sys.argv[1], 1, test=len(sys.argv) > 2)
    r = random.Random(3)
    kinds = [k for k in KINDS if k in d.fonts]
    out = [d.line(r, r.choice(kinds)) for _ in range(500)]
    t0 = time.process_time()
    out = [d.line(r, r.choice(kinds)) for _ in range(500)]
    print('ms a line', (time.process_time() - t0) * 2, 'none', sum(o is None for o in out), 'mean width', np.mean([o[0].shape[1] for o in out if o]))
    rows = []
    for x, s in [o for o in out if o][:56]:
        z = np.zeros((34, 640, 3), np.uint8)
        z[:32, :x.shape[1]] = x[:, :640, ::-1]
        rows.append(z)
    a = np.vstack(rows)
    cv2.imwrite(sys.argv[1] + '/sample.png', np.hstack([a[:len(a) // 2], a[len(a) // 2:]]))
