"""The network that finds lines, and its training: mask.py DATA OUT MINUTES. Goes on where it was stopped.

It sees a picture in colour and says for every cell of 4 x 4 pixels what pages.py draws: core, dark, height and offset.
Convolutions only, from a half of the size down to a 32nd and up again; 2.4 thousand million products for 800 x 800.
"""
import math, multiprocessing as mp, os, random, sys, time
import numpy as np, torch
import torch.nn as nn
import torch.nn.functional as F
import pages
from average import average
from model import Conv

SIDE, BATCH, POOL, RATE = 512, 6, 480, 3e-3
FRESH = .5   # pictures drawn for one learnt from
RANGE = 64   # values from grey to one
CORE, DARK, HEIGHT, OFFSET = range(4)


class Mask(nn.Module):
    def __init__(self):
        super().__init__()
        self.at2 = Conv(3, 16, stride=(2, 2))
        self.at4 = Conv(16, 32, stride=(2, 2))
        self.at8 = nn.Sequential(Conv(32, 64, stride=(2, 2)), Conv(64, 64))
        self.at16 = nn.Sequential(Conv(64, 96, stride=(2, 2)), Conv(96, 96), Conv(96, 96))
        self.at32 = nn.Sequential(Conv(96, 128, stride=(2, 2)), Conv(128, 128), Conv(128, 128))
        self.from32, self.from16, self.from8 = Conv(128, 96, (1, 1)), Conv(96, 64, (1, 1)), Conv(64, 32, (1, 1))
        self.mixed = Conv(64, 64)
        self.fine = Conv(32, 32)
        self.head = nn.Conv2d(32, 4, 1)

    def forward(self, x):
        q = self.at4(self.at2(x))
        e = self.at8(q)
        s = self.at16(e)
        grow = lambda v: F.interpolate(v, scale_factor=2, mode='nearest')
        s = s + grow(self.from32(self.at32(s)))
        e = self.mixed(e + grow(self.from16(s)))
        return self.head(self.fine(q + grow(self.from8(e))))


def draw(queue, data, seed):
    os.nice(1)
    r = random.Random(seed)
    d = pages.Pages(data, seed)
    while True:
        queue.put([pack(*d.page(r, SIDE)) for _ in range(4)])


def pack(img, maps):
    return np.ascontiguousarray(img), np.stack([maps['core'], maps['dark'], maps['height'], maps['offset'], maps['care']]).astype(np.float16)


def stack(rows):
    x = torch.from_numpy(np.stack([x for x, _ in rows])).permute(0, 3, 1, 2)
    return (x.float() - 128) / RANGE, torch.from_numpy(np.stack([m for _, m in rows]).astype(np.float32))


def loss_of(out, m):
    """Cross entropy over core and as many cells beside that are hardest, three for one; the Dice measure; and the
    other three maps where there is core."""
    core, care = m[:, 0], m[:, 4]
    each = F.binary_cross_entropy_with_logits(out[:, CORE], core, reduction='none') * care
    yes = core.sum().clamp(min=50)
    away = (each * (1 - core)).flatten()
    hard = away.topk(int(min(3 * float(yes), len(away)))).values.sum()
    # Small lines have few cells: each line counts by the square root of its height.
    weight = core / torch.exp2(m[:, 2]).clamp(min=.3)
    weight = weight * (yes / weight.sum().clamp(min=1e-3))
    bce = ((each * weight).sum() + hard) / yes
    p = torch.sigmoid(out[:, CORE]) * care.clamp(max=1)
    dice = 1 - (2 * (p * core).sum() + 10) / (p.sum() + core.sum() + 10)
    known = weight * (m[:, 1] >= 0)
    dark = (F.binary_cross_entropy_with_logits(out[:, DARK], m[:, 1].clamp(min=0), reduction='none') * known).sum() / yes
    height = (F.smooth_l1_loss(out[:, HEIGHT], m[:, 2], reduction='none', beta=.2) * weight).sum() / yes
    offset = (F.smooth_l1_loss(out[:, OFFSET], m[:, 3], reduction='none', beta=.05) * weight).sum() / yes
    return bce + dice + .3 * dark + height + 3 * offset


def examine(net, rows):
    net.eval()
    hit = core = said = dark = 0
    height = offset = 0.0
    with torch.no_grad():
        for i in range(0, len(rows), BATCH):
            x, m = stack(rows[i:i + BATCH])
            with torch.cpu.amp.autocast(dtype=torch.bfloat16):
                out = net(x.contiguous(memory_format=torch.channels_last))
            out = out.float()
            yes, on, care = out[:, CORE] > 0, m[:, 0] > 0, m[:, 4] > .5
            hit, core, said = hit + int((yes & on).sum()), core + int((on & care).sum()), said + int((yes & care).sum())
            dark += int(((out[:, DARK] > 0) == (m[:, 1] > .5))[on].sum())
            height += float((out[:, HEIGHT] - m[:, 2])[on].abs().sum())
            offset += float((out[:, OFFSET] - m[:, 3])[on].abs().sum())
    net.train()
    return 'recall %.3f precision %.3f dark %.3f height %.3f offset %.3f' % (hit / core, hit / max(said, 1), dark / core, height / core, offset / core)


def main(data, out, minutes):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    net = Mask().to(memory_format=torch.channels_last)
    print('weights', sum(p.numel() for p in net.parameters()), flush=True)
    opt = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=1e-4)
    mean = {k: v.clone() for k, v in net.state_dict().items()}
    spent, it = 0.0, 0
    path = out + '/mask.pt'
    if os.path.exists(path):
        c = torch.load(path)
        net.load_state_dict(c['net'])
        opt.load_state_dict(c['opt'])
        mean, spent, it = c['mean'], c['spent'], c['it']
        print('goes on at', it, spent, flush=True)
    queue = mp.Queue(16)
    mp.Process(target=draw, args=(queue, data, 900 + it), daemon=True).start()
    r, vr = random.Random(900 + it), random.Random(99)
    d = pages.Pages(data, 7, test=True, photos=100)
    d.fonts['ja'] = d.fonts['zh']
    val = [pack(*d.page(vr, SIDE)) for _ in range(48)]
    del d
    shadow = Mask().to(memory_format=torch.channels_last)
    pool, drawn, tot, n, begun = [], 0, 0.0, 0, it
    last, told = time.time(), spent
    while spent < minutes * 60:
        while len(pool) < 24 or drawn < 48 + FRESH * (it - begun) * BATCH and not queue.empty():
            rows = queue.get()
            drawn += len(rows)
            for x in rows:
                if len(pool) < POOL:
                    pool.append(x)
                else:
                    pool[r.randrange(POOL)] = x
        rate = RATE * min(1, (it + 20) / 200) * (.02 + .98 * .5 * (1 + math.cos(math.pi * min(1, spent / (minutes * 60)))))
        for g in opt.param_groups:
            g['lr'] = rate
        x, m = stack([turned(r, pool[r.randrange(len(pool))]) for _ in range(BATCH)])
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            said = net(x.contiguous(memory_format=torch.channels_last))
        loss = loss_of(said.float(), m)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 4.)
        opt.step()
        it, tot, n = it + 1, tot + float(loss), n + 1
        average(mean, net, it)
        now = time.time()
        spent, last = spent + now - last, now
        if spent - told > 120 or spent >= minutes * 60:
            told = spent
            shadow.load_state_dict(mean)
            print('min %.1f it %d drawn %d loss %.3f  %s' % (spent / 60, it, drawn, tot / n, examine(shadow, val)), flush=True)
            tot = n = 0
            torch.save({'net': net.state_dict(), 'opt': opt.state_dict(), 'mean': mean, 'spent': spent, 'it': it}, path + '.new')
            os.replace(path + '.new', path)
            last = time.time()


def turned(r, row):
    """Negative colours, or colours exchanged: the same lines, other inks."""
    x, m = row
    if r.random() < .5:
        order = [0, 1, 2]
        r.shuffle(order)
        x = x[..., order]
    if r.random() < .3:
        m = m.copy()
        m[1] = np.where(m[1] < 0, m[1], 1 - m[1])
        x = 255 - x
    return x, m


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
