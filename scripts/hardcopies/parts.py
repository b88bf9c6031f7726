#!/usr/bin/env python3
"""Draws copies that hold only a part of a photograph, with look-alikes, as a kit.

usage: parts.py OUT --protected LIST --others LIST [--queried 150] [--negatives 500] [--seed 1]

LIST is a file of picture paths, one a line. All of --protected are registered;
--queried of them are copied, each with every edit once. --others are never protected:
they are grounds and neighbours, and --negatives of them are edited like copies. What
looks alike belongs into both lists: other photographs of an article that is
protected, other packs of its brand. OUT is a kit as docs/evaluation.md has it.

Parts are what this is about: pieces down to 30 % of the area, goods cut out with
GrabCut and laid on other photographs, tiles of collages, pages, and several at once.
"""
import argparse
import json
import os
import shutil

import cv2
import numpy as np


def read(path):
    img = cv2.imread(path, cv2.IMREAD_COLOR)
    if img is None:
        raise SystemExit(f"{path} cannot be read")
    return img


def scaled(img, factor):
    size = (max(8, round(img.shape[1] * factor)), max(8, round(img.shape[0] * factor)))
    return cv2.resize(img, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def goods(img):
    """The mask of what stands in the middle, or None where GrabCut finds nothing sensible."""
    h, w = img.shape[:2]
    f = 160 / max(h, w)
    small = scaled(img, f)
    hh, ww = small.shape[:2]
    mask = np.zeros((hh, ww), np.uint8)
    rect = (round(ww * 0.06), round(hh * 0.06), round(ww * 0.88), round(hh * 0.88))
    cv2.grabCut(small, mask, rect, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    kept = ((mask == 1) | (mask == 3)).astype(np.uint8)
    kept = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    n, parts, stats, _ = cv2.connectedComponentsWithStats(kept)
    if n < 2:
        return None
    kept = (parts == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])).astype(np.float32)
    if not 0.12 < kept.mean() < 0.75:
        return None
    return cv2.resize(kept, (w, h), interpolation=cv2.INTER_LINEAR)


class Drawer:
    def __init__(self, others, rng):
        self.others, self.rng, self.masks = others, rng, {}

    def other(self):
        return read(self.others[self.rng.integers(len(self.others))])

    def tone(self):
        return tuple(int(v) for v in self.rng.integers(10, 250, 3))

    def cut(self, img, low, high):
        """The goods laid on another photograph, of which they take low to high of the shorter room."""
        mask = goods(img)
        if mask is None:
            return None
        x, y, w, h = cv2.boundingRect((mask > 0.5).astype(np.uint8))
        img, mask = img[y:y + h, x:x + w], mask[y:y + h, x:x + w]
        factor = self.rng.uniform(0.6, 1.3)
        img, mask = scaled(img, factor), scaled(mask, factor)
        if self.rng.random() < 0.3:
            turn = cv2.getRotationMatrix2D((img.shape[1] / 2, img.shape[0] / 2), self.rng.uniform(-15, 15), 0.9)
            img, mask = (cv2.warpAffine(v, turn, (img.shape[1], img.shape[0])) for v in (img, mask))
        h, w = img.shape[:2]
        share = self.rng.uniform(low, high)
        side = max(round(w / share), w + 2), max(round(h / share * self.rng.uniform(0.8, 1)), h + 2)
        out = cv2.resize(self.other(), side, interpolation=cv2.INTER_AREA).astype(np.float32)
        x, y = self.rng.integers(side[0] - w + 1), self.rng.integers(side[1] - h + 1)
        alpha = cv2.GaussianBlur(cv2.erode((mask > 0.5).astype(np.float32), np.ones((3, 3))), (3, 3), 0)[:, :, None]
        spot = out[y:y + h, x:x + w]
        out[y:y + h, x:x + w] = img * alpha + spot * (1 - alpha)
        return out.astype(np.uint8)

    def cutout(self, img):
        return self.cut(img, 0.6, 0.95)

    def cutout_small(self, img):
        return self.cut(img, 0.35, 0.6)

    def cutout_framed(self, img):
        out = self.cut(img, 0.6, 0.95)
        return None if out is None else self.framed(out)

    def crop(self, img, share):
        h, w = img.shape[:2]
        long = np.sqrt(self.rng.uniform(0.75, 1.33))
        cw, ch = min(w, round(w * share ** 0.5 * long)), min(h, round(h * share ** 0.5 / long))
        x, y = self.rng.integers(w - cw + 1), self.rng.integers(h - ch + 1)
        return scaled(img[y:y + ch, x:x + cw], self.rng.uniform(0.8, 1.4))

    def crop_30(self, img):
        return self.crop(img, self.rng.uniform(0.28, 0.36))

    def crop_45(self, img):
        return self.crop(img, self.rng.uniform(0.36, 0.55))

    def crop_70(self, img):
        return self.crop(img, self.rng.uniform(0.55, 0.85))

    def fill(self, img, w, h):
        f = max(w / img.shape[1], h / img.shape[0])
        t = scaled(img, f)
        t = cv2.copyMakeBorder(t, 0, max(0, h - t.shape[0]), 0, max(0, w - t.shape[1]), cv2.BORDER_REPLICATE)
        y, x = (t.shape[0] - h) // 2, (t.shape[1] - w) // 2
        return t[y:y + h, x:x + w]

    def collage(self, img, across, down):
        gap, side = int(self.rng.integers(0, 10)), int(self.rng.integers(600, 1000)) // across
        w, h = side, round(side * self.rng.uniform(0.85, 1.25))
        tiles = [self.other() for _ in range(across * down - 1)]
        tiles.insert(self.rng.integers(across * down), img)
        out = np.full((down * (h + gap), across * (w + gap), 3), self.tone(), np.uint8)
        for i, t in enumerate(tiles):
            r, c = i // across * (h + gap), i % across * (w + gap)
            out[r:r + h, c:c + w] = self.fill(t, w, h)
        return out

    def collage_4(self, img):
        return self.collage(img, 2, 2)

    def collage_9(self, img):
        return self.collage(img, 3, 3)

    def collage_12(self, img):
        return self.collage(img, 4, 3)

    def collage_piece(self, img):
        return self.collage(self.crop(img, self.rng.uniform(0.4, 0.7)), 2, 2)

    def framed(self, img):
        b = [round(max(img.shape[:2]) * v) for v in self.rng.uniform(0.02, 0.2, 4)]
        out = cv2.copyMakeBorder(img, *b, cv2.BORDER_CONSTANT, value=self.tone())
        h, w = out.shape[:2]
        for text in ("SALE -50%", "free shipping", "best quality 100%"):
            at = (int(self.rng.integers(0, max(1, w // 4))), int(self.rng.integers(h // 8, h)))
            cv2.putText(out, text, at, cv2.FONT_HERSHEY_DUPLEX, w / 400 * self.rng.uniform(0.7, 1.4), self.tone(), max(1, w // 180), cv2.LINE_AA)
        return out

    def piece_framed(self, img):
        return self.framed(self.crop(img, self.rng.uniform(0.4, 0.7)))

    def page(self, img):
        """A page of a shop on a screen: lines of writing, a bar, pictures beside each other."""
        w, h = int(self.rng.integers(500, 900)), int(self.rng.integers(700, 1100))
        out = np.full((h, w, 3), 250 if self.rng.random() < 0.7 else 25, np.uint8)
        cv2.rectangle(out, (0, 0), (w, 60), self.tone(), -1)
        side = int(w * self.rng.uniform(0.4, 0.75))
        img = self.fill(img, side, round(side * self.rng.uniform(0.9, 1.2)))
        x, y = int(self.rng.integers(0, w - side)), int(self.rng.integers(60, max(61, h - img.shape[0])))
        img = img[:h - y]
        out[y:y + img.shape[0], x:x + side] = img
        for _ in range(14):
            cv2.putText(out, "quality goods for you 12.99", (int(self.rng.integers(0, w // 2)), int(self.rng.integers(70, h))), cv2.FONT_HERSHEY_SIMPLEX, self.rng.uniform(0.4, 0.9), self.tone(), 1, cv2.LINE_AA)
        return out

    def bent(self, img):
        h, w = img.shape[:2]
        base = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
        moved = base + self.rng.uniform(-0.1, 0.1, (4, 2)).astype(np.float32) * np.float32([w, h]) + np.float32([0.12 * w, 0.12 * h])
        return cv2.warpPerspective(img, cv2.getPerspectiveTransform(base, moved), (round(1.24 * w), round(1.24 * h)), borderValue=self.tone())

    def whole(self, img):
        """The whole photograph, smaller, turned, blurred, noisy or written over."""
        img = scaled(img, self.rng.uniform(0.4, 1.2))
        way = self.rng.integers(5)
        if way == 0:
            h, w = img.shape[:2]
            return cv2.warpAffine(img, cv2.getRotationMatrix2D((w / 2, h / 2), self.rng.uniform(-25, 25), 1), (w, h), borderValue=self.tone())
        if way == 1:
            return cv2.GaussianBlur(img, (0, 0), self.rng.uniform(0.8, 1.8))
        if way == 2:
            return np.clip(img + self.rng.normal(0, 18, img.shape), 0, 255).astype(np.uint8)
        if way == 3:
            return self.framed(img)
        return img

    def touched(self, img):
        """What happens to any copy on its way: mirrored, other light and colours, written small."""
        if self.rng.random() < 0.25:
            img = img[:, ::-1]
        if self.rng.random() < 0.4:
            img = np.clip(img.astype(np.float32) * self.rng.uniform(0.7, 1.3) + self.rng.uniform(-25, 25), 0, 255).astype(np.uint8)
        if self.rng.random() < 0.15:
            img = cv2.cvtColor(cv2.cvtColor(img, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        return img


EDITS = ("cutout", "cutout_small", "cutout_framed", "crop_30", "crop_45", "crop_70", "collage_4", "collage_9", "collage_12", "collage_piece",
         "piece_framed", "page", "bent", "whole")


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [line.strip() for line in f if line.strip()]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("out")
    p.add_argument("--protected", required=True)
    p.add_argument("--others", required=True)
    p.add_argument("--queried", type=int, default=150)
    p.add_argument("--negatives", type=int, default=500)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    rng = np.random.default_rng(a.seed)
    draw = Drawer(lines(a.others), rng)
    for folder in ("images/protected", "drawn", "score"):
        os.makedirs(os.path.join(a.out, folder), exist_ok=True)
    protected = lines(a.protected)
    for i, path in enumerate(protected):
        shutil.copyfile(path, os.path.join(a.out, f"images/protected/p{i:04d}.jpg"))
    rows = []

    def ask(edit, path, match, attack):
        out = getattr(draw, edit)(read(path))
        if out is None:
            return False
        name = f"drawn/{rng.integers(1 << 48):012x}.jpg"
        cv2.imwrite(os.path.join(a.out, name), draw.touched(out), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 93))])
        rows.append(dict(id=os.path.basename(name)[:-4], file=name, match=match, attack=attack, used=[edit]))
        return True

    for i in rng.permutation(len(protected))[:a.queried]:
        for edit in EDITS:
            ask(edit, protected[i], [f"p{i:04d}"], edit)
    for i in rng.permutation(len(draw.others))[:a.negatives]:
        ask("whole", draw.others[i], [], "neg_whole")
        edit = EDITS[rng.integers(len(EDITS))]
        ask(edit, draw.others[i], [], "neg_" + edit)
    rows.sort(key=lambda r: r["id"])
    for name, keys in (("photo_queries_input.jsonl", ("id", "file")), ("photo_queries.jsonl", ("id", "match", "attack", "used"))):
        with open(os.path.join(a.out, "images", name), "w", encoding="utf-8") as f:
            for r in rows:
                print(json.dumps({k: r[k] for k in keys}), file=f)
    print(len(rows), "pictures")


if __name__ == "__main__":
    main()
