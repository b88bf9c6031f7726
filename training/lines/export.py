"""Writes a trained network as the whole-number networks that internal/match/ocr embeds: export.py DATA OUT FOLDER [OTHER SHARE].

With OTHER, an earlier checkpoint of the same training, its mean weights count SHARE (0 to 1): points of one training may be
averaged, which evens out what the last batches did.

trunk.net turns a line into 256 features a frame, alphabet.net those into the first head's scores, hanzi*.net (1,024
outputs each at most) into the second's. With them go labels.txt and samples.json: lines as base64 of their
packed pixels and what this network reads in them, for the test of the Go side.
"""
import base64, json, os, random, shutil, sys, zlib
import torch
import lines, train
from labels import HAN, Labels
from model import Conv, Net, Residual
sys.path.insert(0, os.path.join(lines.HERE, '../net'))
from netfile import Netfile, fold

PART = 1024


def write(net, rows, labels, folder):
    with torch.no_grad():
        trunk = Netfile(train.stack(rows), 1 / lines.STEP)
        at = 0
        for m in net.trunk:
            w, b = fold(m.c.weight, m.c.bias, m.b)
            new = trunk.conv(at, w, b, m.c.stride, m.c.padding)
            at = trunk.sum(at, new) if isinstance(m, Residual) else new
        features = trunk.write(folder + '/trunk.net', at)
        unit = trunk.units[at]
        heads = [('alphabet', net.alphabet.weight, net.alphabet.bias)]
        for i in range(0, net.hanzi.weight.shape[0], PART):
            heads.append((f'hanzi{i // PART}', net.hanzi.weight[i:i + PART], net.hanzi.bias[i:i + PART]))
        for name, w, b in heads:
            head = Netfile(features, unit)
            head.write(f'{folder}/{name}.net', head.conv(0, w, b, positive=False, result=True))


def main(data, out, folder, other=None, share=0):
    torch.set_num_threads(1)
    labels = Labels.read(os.path.join(lines.HERE, 'labels.txt'))
    net = Net(labels.alphabet, len(labels.names) - labels.alphabet)
    mean = train.coloured(torch.load(out + '/checkpoint.pt')['mean'])
    if other:
        before = train.coloured(torch.load(other)['mean'])
        mean = {k: float(share) * before[k] + (1 - float(share)) * v if v.dtype.is_floating_point else v for k, v in mean.items()}
    net.load_state_dict(mean)
    net.eval()
    r = random.Random(77)
    d = lines.Drawer(data, 77, photos=150)
    rows = [x for x in (d.line(r, r.choice(lines.KINDS)) for _ in range(260)) if x is not None]
    os.makedirs(folder, exist_ok=True)
    write(net, sorted(rows, key=lambda x: x[0].shape[1])[:240], labels, folder)
    shutil.copy(os.path.join(lines.HERE, 'labels.txt'), folder)
    d = lines.Drawer(data, 78, test=True, photos=100)
    rows = [x for x in (d.line(r, k) for k in ('ko', 'zh', 'latin') * 5) if x is not None]
    out = []
    with torch.no_grad():
        for x, t in rows:
            lp = train.scores(net, train.stack([(x, t)]), labels.of[HAN], labels.alphabet)
            read = train.greedy(lp[:, 0], x.shape[1], labels.alphabet)
            out.append({'width': x.shape[1], 'pixels': base64.b64encode(zlib.compress(x.tobytes(), 9)).decode(), 'drawn': ''.join(labels.names[s] for s in t), 'read': ''.join(labels.names[s] for s in read)})
    json.dump(out, open(folder + '/samples.json', 'w'), ensure_ascii=False)


if __name__ == '__main__':
    main(*sys.argv[1:])
