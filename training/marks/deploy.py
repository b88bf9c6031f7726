"""Writes the trained networks of boxes and codes as internal/match/keypoint/finder.net, framer.net,
mover.net, coder.net and signer.net.

usage: deploy.py SCENES DATA PHOTOS FINDER.pt FRAMER.pt CODER.pt FOLDER
SCENES and PHOTOS give the samples that set the ranges of the activations. FOLDER also receives sample answers for the
tests: finder.bin, framer.bin and coder.bin.
"""
import glob, os, random, struct, sys

import cv2
import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'net'))
import coder, finder, framer, frames, views
from boxes import boxes as find, lines
from codes import tensor
from field import field
from netfile import Netfile, fold

MOST = 255  # activations of 8 bits


def folded(net):
    for conv, norm, width in zip(net.convs, net.norms, sys.modules[type(net).__module__].WIDTHS):
        yield *fold(conv.weight, conv.bias, norm), (width[3], width[3])


def write_finder(scenes, checkpoint, folder):
    net = finder.Finder()
    net.load_state_dict(torch.load(checkpoint)['net'])
    net.eval()
    r = random.Random(1)
    x = []
    for s in r.sample(lines(scenes), 48):
        im = cv2.imread(s['path'])
        z = r.choice([.5, .25])
        f = field(cv2.resize(im, None, fx=z, fy=z, interpolation=cv2.INTER_AREA))[:256, :256].round()
        x.append(np.pad(f, ((0, 256 - f.shape[0]), (0, 256 - f.shape[1]), (0, 0))))
    with torch.no_grad():
        x = torch.from_numpy(np.stack(x) / 128).float().permute(0, 3, 1, 2)
        file, at, y = Netfile(x, 1 / 128, most=MOST), 0, x
        for i, (w, b, step) in enumerate(folded(net)):
            y = torch.nn.functional.conv2d(y, w, b, step, (w.shape[2] - 1) // 2).relu()
            if i == finder.SKIP:
                skip = y
            if i == finder.DEEP:
                common = file.unit(skip, y)
                y = torch.cat([skip, torch.nn.functional.interpolate(y, scale_factor=2)], 1)
        for i, (w, b, step) in enumerate(folded(net)):
            at = file.conv(at, w, b, step, unit=common if i in (finder.SKIP, finder.DEEP) else None)
            if i == finder.SKIP:
                skip = at
            if i == finder.DEEP:
                at = file.join(skip, file.grow(at))
        at = file.conv(at, net.last.weight, net.last.bias, positive=False, result=True)
        got = file.write(folder + '/finder.net', at)
        want = net(x)
    print('finder: greatest, mean difference by whole numbers', float((got - want).abs().max()), float((got - want).abs().mean()))
    with open(folder + '/finder.bin', 'wb') as f:  # the corner of one picture: 128 x 128 in, 20 x 20 x 6 out
        i = int(got[:, 0, :24, :24].amax((1, 2)).argmax())
        with torch.no_grad():
            f.write((x[i, :, :128, :128].permute(1, 2, 0) * 128).numpy().astype(np.int8).tobytes())
            f.write(got[i, :, :20, :20].permute(1, 2, 0).contiguous().numpy().astype('<f4').tobytes())


def write_framer(scenes, boxes, checkpoint, folder):
    net, found = framer.Framer(), finder.Finder()
    net.load_state_dict(torch.load(checkpoint)['net'])
    found.load_state_dict(torch.load(boxes)['net'])
    net.eval()
    found.eval()
    x = []
    for s in random.Random(3).sample(lines(scenes), 12):
        p = frames.Picture(s['path'])
        x += [p.look(f[1:]).round() for f in find(found, p.im, 40)]
    with torch.no_grad():
        x = tensor(np.stack(x))
        file, at = Netfile(x, 1 / 128, most=MOST), 0
        for w, b, step in folded(net):
            at = file.conv(at, w, b, step)
        body = file.write(folder + '/framer.net', at)
        file, (w, b) = Netfile(body, file.units[at], most=MOST), fold(net.hidden.weight, None, net.hidden_norm)
        at = file.conv(0, w, b, w.shape[2:], zeros=(0, 0))  # many windows side by side are one picture
        at = file.conv(at, net.last.weight, net.last.bias, positive=False, result=True)
        got = file.write(folder + '/mover.net', at).flatten(1)
        want = net(x)
    print('framer: greatest, mean difference by whole numbers', float((got - want).abs().max()), float((got - want).abs().mean()), 'bytes', os.path.getsize(folder + '/framer.net') + os.path.getsize(folder + '/mover.net'))
    with open(folder + '/framer.bin', 'wb') as f:
        for i in (0, 1):
            f.write((x[i].permute(1, 2, 0) * 128).numpy().astype(np.int8).tobytes() + got[i].numpy().astype('<f4').tobytes())


def write_coder(data, photos, checkpoint, folder):
    net = coder.Coder()
    net.load_state_dict(torch.load(checkpoint)['net'])
    net.eval()
    r = random.Random(2)
    grounds = views.grounds(photos, 'train', 30, 2)
    x = []
    for f in r.sample(sorted(glob.glob(data + '/train/*.png')), 160):
        a = views.load(f)
        x += [views.view(r, a, grounds), views.canonical(a, views.backdrops(a)[0])]
    x = tensor(np.round(np.stack(x)).astype(np.int8))
    with torch.no_grad():
        file, at = Netfile(x, 1 / 128, most=MOST), 0
        for w, b, step in folded(net):
            at = file.conv(at, w, b, step)
        body = file.write(folder + '/coder.net', at)
        file, (w, b) = Netfile(body, file.units[at], most=MOST), fold(net.hidden.weight, None, net.hidden_norm)
        at = file.conv(0, w, b, w.shape[2:], zeros=(0, 0))  # many windows side by side are one picture
        k = 1 / torch.sqrt(net.last_norm.running_var + net.last_norm.eps)
        at = file.conv(at, net.last.weight * k.view(-1, 1, 1, 1), -net.last_norm.running_mean * k, positive=False, result=True)
        got = file.write(folder + '/signer.net', at).flatten(1)
        want = net(x)
    print('coder: bits that differ by whole numbers', float(((got > 0) != (want > 0)).float().sum(1).mean()), 'of', got.shape[1], 'bytes', os.path.getsize(folder + '/coder.net') + os.path.getsize(folder + '/signer.net'))
    with open(folder + '/coder.bin', 'wb') as f:
        for i in (0, 1):
            f.write((x[i].permute(1, 2, 0) * 128).numpy().astype(np.int8).tobytes() + np.packbits((got[i] > 0).numpy(), bitorder='little').tobytes())


def main():
    scenes, data, photos, boxes, moves, codes, folder = sys.argv[1:8]
    write_finder(scenes, boxes, folder)
    write_framer(scenes, boxes, moves, folder)
    write_coder(data, photos, codes, folder)


main()
