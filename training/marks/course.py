"""What the trainings of finder, framer and coder share: going on from a checkpoint, and how fast they learn."""
import math, os

import torch


def resume(path, net, opt):
    """Takes up what was learnt; returns the number of steps done."""
    if not os.path.exists(path):
        return 0
    c = torch.load(path)
    net.load_state_dict(c['net'])
    opt.load_state_dict(c['opt'])
    return c['step']


def keep(path, net, opt, step):
    """Writes the checkpoint as a whole or not at all."""
    torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), step=step), path + '.new')
    os.replace(path + '.new', path)


def pace(opt, most, step, planned):
    """A warm-up of 200 steps, then a cosine that ends at a fiftieth of the highest rate after the planned number of steps."""
    for g in opt.param_groups:
        g['lr'] = most * min(1, (step + 1) / 200) * max(.02, .5 + .5 * math.cos(math.pi * min(1, step / planned)))
