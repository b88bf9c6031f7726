"""Trains the verifier on one processor; resumes from its checkpoint.

usage: train.py DATA 'PAIRS*.bin' SCENES.jsonl CHECKPOINT MINUTES [STEPS_PLANNED]
"""
import os, random, sys, time

import numpy as np
import torch

from model import Verifier
from pairs import I, channels, read

torch.set_num_threads(1)


def sample(records, r, scenes_mark, most=4):
    """Every mark in its place, and of each picture some others, the better ones more often."""
    scenes = {}
    for k in records:
        scenes.setdefault(k.scene, []).append(k)
    out = []
    for list_ in scenes.values():
        out += [k for k in list_ if k.label == 1]
        no = [k for k in list_ if k.label == 0]
        no.sort(key=lambda k: -k.f[I['whole']] + r.uniform(0, .25))
        out += no[:most]
        kin = scenes_mark.get(list_[0].scene, '').split('.')[0]
        if kin.startswith('badge--'):  # the same drawing with other words, twice
            alike = [k for k in no if k.name.split('.')[0] == kin]
            out += alike + [k for k in alike if not any(k is n for n in no[:most])]
    return out


def batches(records, r, n=48):
    """Pairs of like size together."""
    records = sorted(records, key=lambda k: (round(np.log2(k.w / k.h) * 3 + r.uniform(-.2, .2)), k.w * k.h + r.uniform(0, 300)))
    out = [records[i:i + n] for i in range(0, len(records), n)]
    r.shuffle(out)
    return out


def turned(pix, r):
    """Mirrored, upside down, transposed: the edge directions turn with the picture."""
    p = pix.copy()
    if r.random() < .5:
        p = p[:, ::-1].copy()
        p[..., 1] *= -1
        p[..., 3] *= -1
    if r.random() < .3:
        p = p[::-1].copy()
        p[..., 1] *= -1
        p[..., 3] *= -1
    if r.random() < .3:
        p = p.transpose(1, 0, 2).copy()
        p[..., 0] *= -1
        p[..., 2] *= -1
    return p


def tensor(batch, r=None):
    pix = [k.pix if r is None else turned(k.pix, r) for k in batch]
    h, w = max(p.shape[0] for p in pix), max(p.shape[1] for p in pix)
    x = np.zeros((len(batch), 10, h, w), np.float32)
    for i, (p, k) in enumerate(zip(pix, batch)):
        x[i, :, :p.shape[0], :p.shape[1]] = channels(p, np.float32(k.f[I['scale']]))
    return torch.from_numpy(x / 128).contiguous(memory_format=torch.channels_last), torch.tensor([p.shape[:2] for p in pix])


def main():
    data, pattern, scenes, checkpoint, minutes = sys.argv[1:6]
    planned = int(sys.argv[6]) if len(sys.argv) > 6 else 6000
    torch.manual_seed(1)
    net = Verifier().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    step = 0
    if os.path.exists(checkpoint):
        c = torch.load(checkpoint)
        net.load_state_dict(c['net'])
        opt.load_state_dict(c['opt'])
        step = c['step']
    r = random.Random(step)
    start, loss_mean = time.time(), .5
    while time.time() - start < 60 * float(minutes) and step < planned:
        records, truth = read(pattern, data + '/groups.json', scenes)  # anew: more may have been written
        chosen = sample(records, r, {n: s['mark'] or '' for n, s in truth.items()})
        print(f'step {step}: {len(records)} pairs, {len(chosen)} in this round, {sum(k.label == 1 for k in chosen)} true', flush=True)
        for b in batches(chosen, r):
            for g in opt.param_groups:
                g['lr'] = 2e-3 * min(1, (step + 1) / 100) * max(.02, .5 + .5 * np.cos(np.pi * min(1, step / planned)))
            x, sizes = tensor(b, r)
            y = torch.tensor([float(k.label) for k in b])
            with torch.cpu.amp.autocast(dtype=torch.bfloat16):
                z = net(x, sizes).float()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y * .96 + .02)
            opt.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1)
            opt.step()
            loss_mean = .98 * loss_mean + .02 * float(loss)
            step += 1
            if step % 50 == 0:
                print(f'{step} {time.time() - start:.0f} s loss {loss_mean:.4f}', flush=True)
                torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), step=step), checkpoint + '.new')
                os.replace(checkpoint + '.new', checkpoint)
            if time.time() - start > 60 * float(minutes) or step >= planned:
                break
    torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), step=step), checkpoint)


if __name__ == '__main__':
    main()
