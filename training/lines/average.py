"""The mean of a network's weights over its last steps, which is what is exported (Polyak 1992)."""
EVERY = 4    # steps from one look at the weights to the next
REACH = 300  # steps that the mean reaches back


def average(mean, net, it):
    """Takes the weights after step it into mean, a state of the same network."""
    if it % EVERY:
        return
    keep = 1 - EVERY / min(REACH, it + 10)
    for key, v in net.state_dict().items():
        if v.dtype.is_floating_point:
            mean[key].mul_(keep).add_(v, alpha=1 - keep)
        else:
            mean[key].copy_(v)
