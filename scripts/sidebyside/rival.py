#!/usr/bin/env python3
"""Answers a kit's picture questions with OpenCV's ORB or SIFT, as a scorer reads it.

usage: rival.py orb|sift photo|logo KIT OUT.jsonl [--every N]

What anyone would do with OpenCV: features of every asset in one index, the two
nearest of each feature of the question, Lowe's ratio test, the assets with most
matches, an affine map by RANSAC, and the number of inliers as score. One thread.
Prints the processor milliseconds a picture took, opening it included.

Parameters (chosen beforehand, not fitted to any kit):
  question    at most 800 px a side; 1,000 features for photographs, 2,000 for marks
  asset       at most 600 px a side, 500 features; marks once on white, once on black
  orb         8 levels of 1.2, FAST threshold 10; hash tables of FLANN, 6 of 12 bits, 1 further probe
  sift        contrast threshold 0.03; k-d trees of FLANN, 4 trees, 64 checks
  ratio       0.8 orb, 0.75 sift; the second neighbour is the nearest of another asset or,
              within the ten nearest, there is none and the match is kept
  candidates  the 5 assets with most matches, at least 4
  RANSAC      affine map, 5 px, 500 rounds; score = inliers, below 5 no match
"""
import argparse
import glob
import json
import os
import time

import cv2
import numpy as np

NEAREST, CANDIDATES, LEAST = 10, 5, 5


def opened(path, side, ground=None):
    img = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if img is None:
        return None
    if img.ndim == 3 and img.shape[2] == 4:
        alpha = img[:, :, 3:].astype(np.float32) / 255
        img = (img[:, :, :3] * alpha + (255 if ground is None else ground) * (1 - alpha)).astype(np.uint8)
    if img.ndim == 3:
        img = cv2.cvtColor(img, cv2.COLOR_BGR2GRAY)
    factor = side / max(img.shape)
    return cv2.resize(img, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else img


class Rival:
    def __init__(self, method, task):
        self.orb = method == "orb"
        self.ratio = 0.8 if self.orb else 0.75
        self.query = self.maker(2000 if task == "logo" else 1000)
        self.asset = self.maker(500)
        self.ids, self.points, self.owner, self.codes = [], [], [], []

    def maker(self, n):
        return cv2.ORB_create(n, 1.2, 8, fastThreshold=10) if self.orb else cv2.SIFT_create(n, contrastThreshold=0.03)

    def learn(self, name, img):
        points, codes = self.asset.detectAndCompute(img, None)
        if codes is None:
            return
        if name not in self.ids:
            self.ids.append(name)
        self.points += [p.pt for p in points]
        self.owner += [self.ids.index(name)] * len(points)
        self.codes.append(codes)

    def ready(self):
        self.points, self.owner = np.float32(self.points), np.array(self.owner)
        codes = np.vstack(self.codes)
        if self.orb:
            self.index = cv2.FlannBasedMatcher(dict(algorithm=6, table_number=6, key_size=12, multi_probe_level=1), {})
        else:
            self.index = cv2.FlannBasedMatcher(dict(algorithm=1, trees=4), dict(checks=64))
        self.index.add([codes])
        self.index.train()

    def answer(self, img):
        points, codes = self.query.detectAndCompute(img, None)
        if codes is None or len(points) < 4:
            return []
        pairs = {}
        for near in self.index.knnMatch(codes, k=NEAREST):
            if not near:
                continue
            best = near[0]
            owner = self.owner[best.trainIdx]
            other = next((m for m in near[1:] if self.owner[m.trainIdx] != owner), None)
            if other is None or best.distance < self.ratio * other.distance:
                pairs.setdefault(owner, []).append((points[best.queryIdx].pt, self.points[best.trainIdx]))
        out = []
        for owner, list_ in sorted(pairs.items(), key=lambda kv: -len(kv[1]))[:CANDIDATES]:
            if len(list_) < 4:
                break
            here, there = np.float32([p[0] for p in list_]), np.float32([p[1] for p in list_])
            _, inliers = cv2.estimateAffine2D(there, here, method=cv2.RANSAC, ransacReprojThreshold=5, maxIters=500)
            n = int(inliers.sum()) if inliers is not None else 0
            if n >= LEAST:
                out.append(dict(id=self.ids[owner], score=n))
        return sorted(out, key=lambda m: -m["score"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("method", choices=["orb", "sift"])
    p.add_argument("task", choices=["photo", "logo"])
    p.add_argument("kit")
    p.add_argument("out")
    p.add_argument("--every", type=int, default=1)
    a = p.parse_args()
    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)
    rival = Rival(a.method, a.task)
    folder = "images/protected" if a.task == "photo" else "images/logos"
    for path in sorted(glob.glob(os.path.join(a.kit, folder, "*"))):
        name = os.path.splitext(os.path.basename(path))[0]
        for ground in [None] if a.task == "photo" else [255, 0]:
            img = opened(path, 600, ground)
            if img is not None:
                rival.learn(name, img)
    rival.ready()
    with open(f"{a.kit}/images/{a.task}_queries_input.jsonl", encoding="utf-8") as f:
        questions = [json.loads(line) for line in f][:: a.every]
    start = time.process_time()
    with open(a.out, "w", encoding="utf-8") as f:
        for q in questions:
            img = opened(os.path.join(a.kit, q["file"]), 800)
            matches = [] if img is None else rival.answer(img)
            best = matches[0] if matches else None
            print(json.dumps(dict(id=q["id"], decision="review" if best else "pass", score=best["score"] if best else 0,
                                  matched=[best["id"]] if best else [], matches=matches)), file=f)
    print("%.1f" % (1000 * (time.process_time() - start) / len(questions)))


main()
