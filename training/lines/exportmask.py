"""Writes the network that finds lines for internal/match/ocr: exportmask.py DATA OUT FOLDER.

mask.net goes to internal/match/ocr/weights, mask.png and mask.json (what this network says about that picture, and where
its lines were drawn) to internal/match/ocr/testdata.
"""
import base64, json, os, random, sys
import cv2, numpy as np, torch
import mask, pages
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../net'))
from netfile import Netfile, fold


class Drawn(pages.Pages):
    """Remembers the corners of what it drew."""
    def mark(self, q, dark, maps):
        self.quads.append(q.round(1).tolist())
        super().mark(q, dark, maps)


def write(net, x, path):
    n = Netfile(x, 1 / mask.RANGE)
    def convs(at, block):
        for m in block if isinstance(block, torch.nn.Sequential) else [block]:
            w, b = fold(m.c.weight, m.c.bias, m.b)
            at = n.conv(at, w, b, m.c.stride, m.c.padding)
        return at
    with torch.no_grad():
        q = convs(convs(0, net.at2), net.at4)
        e = convs(q, net.at8)
        s = convs(e, net.at16)
        s = n.sum(s, n.grow(convs(convs(s, net.at32), net.from32)))
        e = convs(n.sum(e, n.grow(convs(s, net.from16))), net.mixed)
        f = convs(n.sum(q, n.grow(convs(e, net.from8))), net.fine)
        return n.write(path, n.conv(f, net.head.weight, net.head.bias, positive=False, result=True))


def main(data, out, folder):
    torch.set_num_threads(1)
    net = mask.Mask()
    net.load_state_dict(torch.load(out + '/mask.pt')['mean'])
    net.eval()
    r = random.Random(77)
    d = pages.Pages(data, 77, photos=150)
    x, _ = mask.stack([mask.pack(*d.page(r, 384)) for _ in range(24)])
    os.makedirs(folder, exist_ok=True)
    whole = write(net, x, folder + '/mask.net')
    with torch.no_grad():
        print('largest difference', float((net(x) - whole).abs().max()))
    d = Drawn(data, 79, photos=60)
    while True:
        d.quads = []
        img, maps = d.page(r, 384)
        if len(d.quads) >= 5 and all(0 <= v <= 384 for q in d.quads for p in q for v in p):
            break
    cv2.imwrite(folder + '/mask.png', img[..., ::-1])
    with torch.no_grad():
        said = net(mask.stack([mask.pack(img, maps)])[0])[0]
    core = np.clip(said[mask.CORE].numpy() * 8, -127, 127).astype(np.int8)
    json.dump({'lines': d.quads, 'core': base64.b64encode(core.tobytes()).decode()}, open(folder + '/mask.json', 'w'))


if __name__ == '__main__':
    main(*sys.argv[1:])
