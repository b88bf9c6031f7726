"""Draws pictures with text in them, and where its lines lie, for the network that finds lines (mask.py).

The maps have one cell for 4 x 4 pixels: core, 1 in the middle half of each line's height and not quite to its ends, so
that neighbouring lines stay apart; height, the logarithm to base 2 of the line's height over 16 pixels; offset, how many
heights the line's axis lies below the cell; dark, whether ink is darker than what is behind; care, how much the cell
counts. internal/match/ocr/mask.go makes lines of them again.
"""
import os, random
import cv2, numpy as np
from PIL import Image, ImageDraw
import lines

CELL = 4
CORE = .5    # share of a line's height that is core
INSET = .25  # heights at either end that are not


class Pages(lines.Drawer):
    def __init__(self, data, seed, test=False, photos=600):
        super().__init__(data, seed, test, photos)
        # Packages in shops bear text that nobody has marked: seldom, and counting little.
        files = lines.photo_files(data, test)
        printed = [p for p in files if '/Packages/' in p]
        self.printed = lines.Photos(printed, 150, seed)
        self.photos = lines.Photos([p for p in files if '/Packages/' not in p], photos, seed)

    def size(self, r, kind):
        return int(round(9.5 * 12 ** (r.random() ** 1.35)))

    def page(self, r, side):
        img, care = self.background(r, side)
        if r.random() < .5:
            self.clutter(r, img)
        maps = {'core': np.zeros((side // CELL,) * 2, np.float32), 'height': np.zeros((side // CELL,) * 2, np.float32),
                'offset': np.zeros((side // CELL,) * 2, np.float32), 'dark': np.full((side // CELL,) * 2, -1, np.float32)}
        maps['care'] = np.full((side // CELL,) * 2, care, np.float32)
        taken = []
        for _ in range(r.choice((0, 1, 2, 3, 4, 5, 6, 8, 10, 14))):
            kind = r.choice(lines.KINDS)
            self.block(r, img, kind, maps, taken)
        if r.random() < .25:
            img[:] = cv2.GaussianBlur(img, (0, 0), r.uniform(.3, 1.1))
        if r.random() < .2:
            y, x = r.randrange(600 - side) if side < 600 else 0, r.randrange(2000 - side)
            img += self.noise[y:y + side, x:x + side] * r.uniform(2, 10)
        img = img.clip(0, 255).astype(np.uint8)
        if r.random() < .9:
            img = cv2.imdecode(cv2.imencode('.jpg', img, [cv2.IMWRITE_JPEG_QUALITY, r.randint(40, 95)])[1], 1)
        return img[..., ::-1], maps

    def background(self, r, side):
        u = r.random()
        if u < .5:
            return self.photos.piece(r, side, side).astype(np.float32), 1.
        if u < .58:
            return self.printed.piece(r, side, side).astype(np.float32), .1
        if u < .66:
            return self.one_ground(r, side, side)[0].astype(np.float32), 1.
        img = np.empty((side, side, 3), np.float32)
        img[:] = [r.randint(0, 255) for _ in range(3)] if r.random() < .4 else [r.randint(190, 255) for _ in range(3)]
        for _ in range(r.randint(1, 5)):
            w, h = r.randint(side // 6, side * 2 // 3), r.randint(side // 6, side * 2 // 3)
            x, y = r.randint(0, side - w), r.randint(0, side - h)
            img[y:y + h, x:x + w] = self.photos.piece(r, w, h) if r.random() < .85 else self.one_ground(r, w, h)[0]
        return img, 1.

    def clutter(self, r, img):
        """What may look like text and is none: bars, grids, dots, strokes, rings, rows of blots."""
        side = len(img)
        colour = lambda: [r.randint(0, 255) for _ in range(3)]
        for _ in range(r.randint(1, 6)):
            kind, c, w = r.randrange(8), colour(), r.randint(1, 6)
            x, y, n = r.randint(0, side - 1), r.randint(0, side - 1), r.randint(2, 14)
            a, b = r.randint(4, 60), r.randint(4, 60)
            if kind == 0:  # a barcode, a fence
                for i in range(3 * n):
                    x += r.randint(2, 7)
                    cv2.rectangle(img, (x, y), (x + r.randint(0, 3), y + a), c, -1)
            elif kind == 1:
                for i in range(n):
                    cv2.line(img, (x + i * a, y), (x + i * a, y + n * b), c, w)
                    cv2.line(img, (x, y + i * b), (x + n * a, y + i * b), c, w)
            elif kind == 2:
                for i in range(n):
                    cv2.circle(img, (x + i * a, y), max(2, a // 3), c, r.choice((-1, w)), cv2.LINE_AA)
            elif kind == 3:
                cv2.polylines(img, [np.int32([[x + r.randint(-2 * a, 2 * a), y + r.randint(-2 * a, 2 * a)] for _ in range(n)])], r.random() < .5, c, w, cv2.LINE_AA)
            elif kind == 4:
                cv2.ellipse(img, (x, y), (a, b), r.randint(0, 180), 0, r.randint(90, 360), c, r.choice((-1, w)), cv2.LINE_AA)
            elif kind == 5:
                cv2.rectangle(img, (x, y), (x + 3 * a, y + b), c, r.choice((-1, w)))
            elif kind == 6:
                for i in range(n):
                    cv2.rectangle(img, (x + i * a, y), (x + i * a + r.randint(2, a), y + r.randint(2, a)), c, -1)
            else:
                for i in range(4 * n):
                    p = x + r.randint(0, 4 * a), y + r.randint(0, 4 * b)
                    cv2.line(img, p, (p[0] + r.randint(-9, 9), p[1] + r.randint(-9, 9)), c, min(w, 3), cv2.LINE_AA)

    def block(self, r, img, kind, maps, taken):
        """Writes one to four lines under each other, if there is room."""
        side = len(img)
        face, px, text = self.choose(r, kind)
        face, k = face
        rows = [text]
        if r.random() < .35:
            for _ in range(r.randint(1, 3)):
                _, _, t = self.choose(r, kind)
                rows.append(t if r.random() < .5 else text[:r.randint(2, max(2, len(text)))])
        rows = [t for t in rows if t.strip()]
        boxes = [face.getbbox(t) for t in rows]
        if not rows or min(b[2] - b[0] for b in boxes) < 4 * k or min(b[3] - b[1] for b in boxes) < 4 * k:
            return
        step, pad = int(px * r.uniform(1.2, 1.7)), int(px * r.uniform(.2, .6)) + 2
        w = max(b[2] - b[0] for b in boxes) // k + 2 * pad
        h = boxes[-1][3] // k - boxes[0][1] // k + 2 * pad + step * (len(rows) - 1)
        if w > 1.6 * side or h > side:
            return
        corners = self.room(r, w, h, side, taken)
        if corners is None:
            return
        M = cv2.getPerspectiveTransform(np.float32([[0, 0], [w, 0], [w, h], [0, h]]), corners)
        x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int), 0)
        x1, y1 = np.minimum(np.ceil(corners.max(0)).astype(int) + 1, side)
        under = img[y0:y1, x0:x1]
        sheet, line, quads = self.sheet(r, rows, boxes, face, k, w, h, pad, step, px)
        place = np.float32([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]]) @ M
        warp = lambda a: cv2.warpPerspective(a, place, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)[..., None].astype(np.float32) / 255
        ink, dark, ground, pale = self.inks(r, under)
        if ground is not None:
            plate = np.full((h, w), 255, np.uint8)
            a = warp(plate) * (1 if r.random() < .8 else r.uniform(.5, 1))
            under[:] = under * (1 - a) + a * ground
        if line is not None and (ground is None or r.random() < .3):
            a = warp(line)
            under[:] = under * (1 - a) + a * pale
        a = warp(sheet) * (1 if r.random() < .9 else r.uniform(.6, 1))
        under[:] = under * (1 - a) + a * ink
        for q in quads:
            self.mark(cv2.perspectiveTransform(np.float32([q]), M)[0], dark, maps)

    def sheet(self, r, rows, boxes, face, k, w, h, pad, step, px):
        """The ink, its outline or shadow, and the box of every row."""
        quads, align = [], r.choice((0, .5, 1))
        ink, line = Image.new('L', (w * k, h * k)), None
        stroke = max(1, k * px // r.randint(9, 20)) if r.random() < .3 else 0
        shadow = not stroke and r.random() < .15
        if stroke or shadow:
            line = Image.new('L', (w * k, h * k))
        top = boxes[0][1]
        for n, (t, b) in enumerate(zip(rows, boxes)):
            x, y = k * pad + int(align * (k * (w - 2 * pad) - (b[2] - b[0]))), k * (pad + n * step)
            ImageDraw.Draw(ink).text((x - b[0], y - top), t, font=face, fill=255)
            if line is not None:
                d = max(1, k * px // 14) if shadow else 0
                ImageDraw.Draw(line).text((x - b[0] + d, y - top + d), t, font=face, fill=255, stroke_width=stroke)
            y += b[1] - top
            quads.append([[u / k, v / k] for u, v in ((x, y), (x + b[2] - b[0], y), (x + b[2] - b[0], y + b[3] - b[1]), (x, y + b[3] - b[1]))])
        shrink = lambda a: np.asarray(a) if k == 1 else cv2.resize(np.asarray(a), (w, h), interpolation=cv2.INTER_AREA)
        return shrink(ink), None if line is None else shrink(line), quads

    def room(self, r, w, h, side, taken):
        for _ in range(12):
            a = np.deg2rad(r.gauss(0, 2.5) if r.random() < .8 else r.uniform(-13, 13))
            c = np.float32([[0, 0], [w, 0], [w, h], [0, h]]) - np.float32([w / 2, h / 2])
            c += np.float32([[r.uniform(-.02, .02) * w, r.uniform(-.04, .04) * h] for _ in range(4)])
            c = c @ np.float32([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
            c -= c.min(0)
            size = c.max(0)
            over = r.random() < .15  # running out of the picture
            lo, hi = (-.3 * size, side - .7 * size) if over else (np.zeros(2), side - 1 - size)
            if not over and max(size) > side - 2:
                continue
            c = (c + [r.uniform(lo[0], max(lo[0], hi[0])), r.uniform(lo[1], max(lo[1], hi[1]))]).astype(np.float32)
            area = (*c.min(0), *c.max(0))
            if all(area[2] < t[0] - 3 or area[0] > t[2] + 3 or area[3] < t[1] - 3 or area[1] > t[3] + 3 for t in taken):
                taken.append(area)
                return c
        return None

    def inks(self, r, under):
        """Ink, whether it is the darker, the colour of a plate or None, the colour of an outline."""
        luma = np.float32([.114, .587, .299])
        dark, light = [np.float32([r.randint(*s) for _ in range(3)]) for s in ((0, 90), (185, 255))]
        ground = None
        if r.random() < .45:
            ground = light if r.random() < .5 else dark
            if r.random() < .35:
                ground = np.float32([r.randint(0, 255) for _ in range(3)])
        mean = float((under.mean((0, 1)) if ground is None else ground) @ luma)
        if ground is None and r.random() < .3 or ground is not None and r.random() < .35:
            for _ in range(20):
                ink = np.float32([r.randint(0, 255) for _ in range(3)])
                if abs(float(ink @ luma) - mean) > r.uniform(25, 90):
                    break
        else:
            ink = dark if mean >= 128 else light
        is_dark = float(ink @ luma) < mean
        return ink, is_dark, ground, light if is_dark else dark

    def mark(self, q, dark, maps):
        """Enters one line with the corners q into the maps."""
        cells = len(maps['core'])
        left, right = (q[0] + q[3]) / 2, (q[1] + q[2]) / 2
        high = float(np.linalg.norm(q[3] - q[0]) + np.linalg.norm(q[2] - q[1])) / 2
        along = (right - left) / max(float(np.linalg.norm(right - left)), 1e-6)
        length = float(np.linalg.norm(right - left))
        inset = min(INSET * high, .3 * length) * along
        down = ((q[3] - q[0]) + (q[2] - q[1])) / 4
        def fill(share, inset):
            p = np.float32([left + inset - down * share, right - inset - down * share, right - inset + down * share, left + inset + down * share])
            m = np.zeros((cells, cells), np.uint8)
            cv2.fillPoly(m, [np.round((p / CELL - .5) * 16).astype(np.int32)], 1, shift=4)
            return m > 0
        core = fill(CORE, inset)
        if high < 6:
            maps['care'][fill(1.2, 0 * along)] = 0
            return
        ys, xs = np.nonzero(core)
        slope = along[1] / max(along[0], .1)
        maps['core'][core] = 1
        maps['care'][core] = 1
        maps['height'][ys, xs] = np.log2(high / 16)
        maps['offset'][ys, xs] = (left[1] + ((xs + .5) * CELL - left[0]) * slope - (ys + .5) * CELL) / high
        maps['dark'][ys, xs] = dark


if __name__ == '__main__':
    import sys, time
    d, r = Pages(sys.argv[1], 1, photos=200), random.Random(5)
    for _ in range(5):
        d.page(r, 512)
    t0 = time.process_time()
    out = [d.page(r, 512) for _ in range(40)]
    print('ms a page', (time.process_time() - t0) * 25, 'core', np.mean([m['core'].mean() for _, m in out]))
    rows = []
    for img, m in out[:8]:
        shown = img[..., ::-1].copy()
        core = cv2.resize(m['core'], (512, 512), interpolation=cv2.INTER_NEAREST)
        shown[..., 2] = np.where(core > 0, 255, shown[..., 2])
        rows.append(np.hstack([img[..., ::-1], shown]))
    cv2.imwrite(sys.argv[2], np.vstack([np.hstack(rows[i:i + 2]) for i in range(0, 8, 2)]))
