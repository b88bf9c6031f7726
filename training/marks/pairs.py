"""Reads the records of TestDumpPairs and turns them into what the network sees."""
import glob, json, struct

import numpy as np

FIELDS = ['astray', 'score', 'whole', 'count', 'inside', 'scale', 'skew', 'unlike']
I = {n: i for i, n in enumerate(FIELDS)}
PARTS = 6
HEAD = 4 + 4 * len(FIELDS) + 64 + 2


class Record:
    __slots__ = ('scene', 'f', 'name', 'w', 'h', 'pix', 'label')


def read(pattern, groups, scenes):
    """All records of the files that match; scenes: one or several scenes.jsonl, with commas between. label is 1 for the mark in its place, 0 for any other, -1 for what cannot be called either."""
    truth = {}
    for path in scenes.split(','):
        for line in open(path):
            if line.endswith('}\n'):
                s = json.loads(line)
                truth[int(s['file'][:-4])] = s
    group = json.load(open(groups))
    out = []
    for path in sorted(glob.glob(pattern)):
        data = open(path, 'rb').read()
        at = 0
        while at < len(data):
            r = Record()
            r.scene = struct.unpack_from('<i', data, at)[0]
            r.f = np.frombuffer(data, '<f4', len(FIELDS), at + 4)
            r.name = \
                bytes(data[at + 4 + 4 * len(FIELDS):at + HEAD - 2]).rstrip(b'\0').decode()
            r.w, r.h = data[at + HEAD - 2], data[at + HEAD - 1]
            n = r.w * r.h * PARTS
            r.pix = np.frombuffer(data, np.int8, n, at + HEAD).reshape(r.h, r.w, PARTS)
            at += HEAD + n
            r.label = label(r, truth[r.scene], group)
            out.append(r)
    return out, truth


def label(r, scene, group):
    mark = scene['mark']
    if r.name == mark:
        a = r.f[I['astray']]
        return 1 if a < .2 else -1 if a < .7 else 0
    if mark and group.get(mark) == group.get(r.name):
        return -1
    return 0


def channels(pix, scale):
    """What internal/match/keypoint/verifier.go computes: ten channels in units of 1/128. pix: ... x PARTS, int8;
    scale: template pixels to query pixels."""
    p = pix.astype(np.int32)
    tx, ty, qx, qy, e, place = (p[..., k] for k in range(PARTS))
    dot = (tx * qx + ty * qy) >> 6
    cross = (tx * qy - ty * qx) >> 6
    return np.stack([tx, ty, qx, qy, e, np.minimum(np.maximum(dot, -255), 255), np.minimum(np.maximum(cross, -255), 255),
                     (place & 1) * 64, (place >> 1 & 1) * 64, np.broadcast_to(size_code(scale)[..., None, None], tx.shape)], -3)


def size_code(scale):
    """How much smaller or larger than the template the mark is in the picture, coarsely, in eighths of an octave."""
    return np.clip(np.round(16 * np.log2(np.maximum(scale, 1e-3))), -64, 64).astype(np.int32)
