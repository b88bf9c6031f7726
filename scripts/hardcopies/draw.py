#!/usr/bin/env python3
"""Draws copies of protected photographs as sellers make them by hand, as a kit.

usage: draw.py KIT OUT [--each 50] [--seed 1]

KIT has images/protected and images/distractors (docs/evaluation.md); OUT becomes a
kit of its own with the same protected photographs, questions and labels, so that

    assay evaluate --kit OUT --out ANSWERS --only photo
    python3 OUT/score/score.py photo ANSWERS/photo.jsonl

measures it. Nothing of OUT is meant to be published: it holds KIT's pictures.

Edits, so many of each:
  cutout          the goods cut from their plain ground (flooded from the border),
                  0.7 to 0.95 of the size, on another photograph, sometimes mirrored
  perspective_8   every corner moved by up to 8 % of the side, on a plain ground
  perspective_15  by up to 15 %
  screen          a photographed screen: pixel grid, moiré, up to 8 % perspective,
                  light falling off, blur, noise, with a piece of the desk around
  crop_area_60    60 % of the area kept
  crop_side_60    60 % of each side kept, 36 % of the area
  collage_4/6/9   among 3, 5 or 8 other photographs
  framed_text     a broad frame, a banner and two lines of writing across
Negatives are photographs that nobody protects with the same edits.
"""
import argparse
import glob
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


def to_width(img, w):
    return cv2.resize(img, (w, max(1, round(img.shape[0] * w / img.shape[1]))), interpolation=cv2.INTER_AREA if w < img.shape[1] else cv2.INTER_CUBIC)


def cut(img):
    """The goods as a mask, or None when the ground is not plain."""
    h, w = img.shape[:2]
    soft = cv2.bilateralFilter(img, 5, 20, 5)
    border = np.concatenate([soft[0], soft[-1], soft[:, 0], soft[:, -1]]).astype(int)
    ground = np.median(border, axis=0)
    if np.mean(np.abs(border - ground).max(axis=1) < 14) < 0.75:
        return None
    mask = np.zeros((h + 2, w + 2), np.uint8)
    for x, y in [(x, y) for x in range(0, w, 7) for y in (0, h - 1)] + [(x, y) for y in range(0, h, 7) for x in (0, w - 1)]:
        if np.abs(soft[y, x].astype(int) - ground).max() < 14 and not mask[y + 1, x + 1]:
            cv2.floodFill(soft, mask, (x, y), 0, (5,) * 3, (5,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY | 255 << 8)
    goods = (mask[1:-1, 1:-1] == 0).astype(np.uint8)
    goods = cv2.morphologyEx(goods, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    n, parts, stats, _ = cv2.connectedComponentsWithStats(goods)
    if n < 2:
        return None
    goods = (parts == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])).astype(np.uint8)
    return goods if 0.12 < goods.mean() < 0.75 else None


class Drawer:
    def __init__(self, kit, seed):
        self.rng = np.random.default_rng(seed)
        self.others = sorted(glob.glob(os.path.join(kit, "images/distractors/*")))

    def other(self):
        return read(self.others[self.rng.integers(len(self.others))])

    def cutout(self, img):
        goods = cut(img)
        if goods is None:
            return None
        if self.rng.random() < 0.3:
            img, goods = img[:, ::-1], goods[:, ::-1]
        x, y, w, h = cv2.boundingRect(np.ascontiguousarray(goods))
        img, goods = img[y:y + h, x:x + w], goods[y:y + h, x:x + w]
        factor = self.rng.uniform(0.7, 0.95)
        size = (max(8, round(w * factor)), max(8, round(h * factor)))
        img, goods = cv2.resize(img, size, interpolation=cv2.INTER_AREA), cv2.resize(goods.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        side = (round(size[0] * self.rng.uniform(1.15, 1.6)), round(size[1] * self.rng.uniform(1.1, 1.4)))
        out = cv2.resize(self.other(), side, interpolation=cv2.INTER_AREA).astype(np.float32)
        x, y = self.rng.integers(side[0] - size[0] + 1), self.rng.integers(side[1] - size[1] + 1)
        alpha = cv2.GaussianBlur(cv2.erode(goods, np.ones((3, 3))), (3, 3), 0)[:, :, None]
        spot = out[y:y + size[1], x:x + size[0]]
        out[y:y + size[1], x:x + size[0]] = img * alpha + spot * (1 - alpha)
        return out.astype(np.uint8)

    def bent(self, img, share, ground):
        h, w = img.shape[:2]
        pad = share + 0.03
        base = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
        moved = base + self.rng.uniform(-share, share, (4, 2)).astype(np.float32) * np.float32([w, h]) + np.float32([pad * w, pad * h])
        size = (round(w * (1 + 2 * pad)), round(h * (1 + 2 * pad)))
        return cv2.warpPerspective(img, cv2.getPerspectiveTransform(base, moved), size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=ground)

    def ground(self):
        return tuple(int(v) for v in self.rng.integers(20, 245, 3))

    def perspective_8(self, img):
        return self.bent(img, 0.08, self.ground())

    def perspective_15(self, img):
        return self.bent(img, 0.15, self.ground())

    def screen(self, img):
        h, w = img.shape[:2]
        big = cv2.resize(img, (3 * w, 3 * h), interpolation=cv2.INTER_NEAREST).astype(np.float32)
        for c in range(3):  # stripes of blue, green and red, dark lines between the rows
            for s in range(3):
                if s != 2 - c:
                    big[:, s::3, c] *= 0.45
        big[2::3] *= 0.6
        big = np.clip(big * 1.7, 0, 255).astype(np.uint8)
        big = cv2.copyMakeBorder(big, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(18, 18, 18))
        out = self.bent(big, 0.08, self.ground())
        # the camera's own grid is coarser than the screen's: what beats is moiré
        out = cv2.resize(cv2.GaussianBlur(out, (0, 0), self.rng.uniform(0.7, 1.2)), None, fx=self.rng.uniform(0.36, 0.46), fy=self.rng.uniform(0.36, 0.46), interpolation=cv2.INTER_LINEAR)
        hh, ww = out.shape[:2]
        yy, xx = np.mgrid[0:hh, 0:ww].astype(np.float32)
        a = self.rng.uniform(0, 2 * np.pi)
        light = 1 + self.rng.uniform(0.15, 0.35) * (np.cos(a) * (xx / ww - 0.5) + np.sin(a) * (yy / hh - 0.5)) * 2
        light *= 1 + 0.04 * np.sin(2 * np.pi * (xx * self.rng.uniform(-1, 1) + yy * self.rng.uniform(-1, 1)) / self.rng.uniform(6, 20))
        out = out * light[:, :, None] + self.rng.normal(0, self.rng.uniform(3, 8), out.shape)
        return np.clip(out, 0, 255).astype(np.uint8)

    def crop(self, img, share):
        h, w = img.shape[:2]
        cw, ch = round(w * share), round(h * share)
        x, y = self.rng.integers(w - cw + 1), self.rng.integers(h - ch + 1)
        return img[y:y + ch, x:x + cw]

    def crop_area_60(self, img):
        return self.crop(img, 0.6 ** 0.5)

    def crop_side_60(self, img):
        return self.crop(img, 0.6)

    def collage(self, img, across, down):
        gap, w, h = int(self.rng.integers(0, 12)), 800 // across, 800 // across
        tiles = [self.other() for _ in range(across * down - 1)]
        tiles.insert(self.rng.integers(across * down), img)
        out = np.full((down * h + gap * (down - 1), across * w + gap * (across - 1), 3), 255, np.uint8)
        for i, t in enumerate(tiles):  # filled as galleries do it: the middle of the longer side
            f = max(w / t.shape[1], h / t.shape[0])
            t = cv2.resize(t, (max(w, round(t.shape[1] * f)), max(h, round(t.shape[0] * f))), interpolation=cv2.INTER_AREA)
            y, x = (t.shape[0] - h) // 2, (t.shape[1] - w) // 2
            r, c = i // across * (h + gap), i % across * (w + gap)
            out[r:r + h, c:c + w] = t[y:y + h, x:x + w]
        return out

    def collage_4(self, img):
        return self.collage(img, 2, 2)

    def collage_6(self, img):
        return self.collage(img, 3, 2)

    def collage_9(self, img):
        return self.collage(img, 3, 3)

    def framed_text(self, img):
        img = to_width(img, 500)
        b = [int(v) for v in self.rng.integers(20, 90, 4)]
        out = cv2.copyMakeBorder(img, *b, cv2.BORDER_CONSTANT, value=self.ground())
        h, w = out.shape[:2]
        y = int(self.rng.integers(0, h - 70))
        cv2.rectangle(out, (0, y), (w, y + 60), self.ground(), -1)
        for text, at, size in (("BEST PRICE -50%", y + 42, 1.3), ("free shipping today only", int(self.rng.integers(60, h - 10)), 1.0), ("100% new", int(self.rng.integers(60, h - 10)), 1.8)):
            cv2.putText(out, text, (int(self.rng.integers(5, 60)), at), cv2.FONT_HERSHEY_DUPLEX, size, self.ground(), 3, cv2.LINE_AA)
        return out


EDITS = ("cutout", "perspective_8", "perspective_15", "screen", "crop_area_60", "crop_side_60", "collage_4", "collage_6", "collage_9", "framed_text")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("kit")
    p.add_argument("out")
    p.add_argument("--each", type=int, default=50)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    draw = Drawer(a.kit, a.seed)
    protected = sorted(glob.glob(os.path.join(a.kit, "images/protected/*")))
    os.makedirs(os.path.join(a.out, "images"), exist_ok=True)
    os.makedirs(os.path.join(a.out, "drawn"), exist_ok=True)
    if not os.path.lexists(os.path.join(a.out, "images/protected")):
        os.symlink(os.path.abspath(os.path.join(a.kit, "images/protected")), os.path.join(a.out, "images/protected"))
    if os.path.isdir(os.path.join(a.kit, "score")):  # the scorer finds its labels beside itself
        shutil.copytree(os.path.join(a.kit, "score"), os.path.join(a.out, "score"), dirs_exist_ok=True)
    rows = []

    def ask(edit, img, match, attack):
        out = getattr(draw, edit)(img)
        if out is None:
            return False
        name = f"drawn/{draw.rng.integers(1 << 48):012x}.jpg"
        cv2.imwrite(os.path.join(a.out, name), out, [cv2.IMWRITE_JPEG_QUALITY, int(draw.rng.integers(70, 93))])
        rows.append(dict(id=os.path.basename(name)[:-4], file=name, match=match, attack=attack, used=[edit]))
        return True

    for edit in EDITS:
        done, tries = 0, 0
        order = draw.rng.permutation(len(protected))
        while done < a.each and tries < 20 * a.each:
            path = protected[order[tries % len(order)]]
            tries += 1
            done += ask(edit, read(path), [os.path.splitext(os.path.basename(path))[0]], edit)
        done = 0
        while done < a.each // 2:
            done += ask(edit, draw.other(), [], "neg_" + edit)
    rows.sort(key=lambda r: r["id"])
    for name, keys in (("photo_queries_input.jsonl", ("id", "file")), ("photo_queries.jsonl", ("id", "match", "attack", "used"))):
        with open(os.path.join(a.out, "images", name), "w", encoding="utf-8") as f:
            for r in rows:
                print(json.dumps({k: r[k] for k in keys}), file=f)
    print(len(rows), "pictures")


main()
