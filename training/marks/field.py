"""The edge field of internal/match/keypoint (tensor.go) and pieces of it, in numpy."""
import cv2
import numpy as np

TAPS = np.float32([1, 6, 15, 20, 15, 6, 1]) / 64
WINDOW = 31  # of the local mean of strength


def field(rgb, around=None):
    """rgb: H x W x 3, uint8. Returns H x W x 3 float32 as the networks see it: half the strength of the edge, and its
    direction as a double angle. around is the mean strength of the whole picture when rgb is only a part of it."""
    s = cv2.sepFilter2D(rgb, -1, TAPS, TAPS, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    gx, gy = np.zeros_like(s), np.zeros_like(s)
    gx[1:-1, 1:-1] = s[1:-1, 2:] - s[1:-1, :-2]
    gy[1:-1, 1:-1] = s[2:, 1:-1] - s[:-2, 1:-1]
    xx, yy, xy = (gx * gx).sum(2), (gy * gy).sum(2), (gx * gy).sum(2)
    r = np.sqrt(xx + yy)
    q = 4 / np.maximum(r, 1e-6)
    e = 4 * r
    mean = cv2.blur(e, (WINDOW, WINDOW), borderType=cv2.BORDER_REFLECT)
    k = 64 / (.7 * mean + .3 * (e.mean() if around is None else around) + 16)
    v = np.minimum(e * k, 255)
    k = np.where(e * k > 255, 255 / np.maximum(e, 1e-6), k)
    out = np.stack([v, (xx - yy) * q * k, 2 * xy * q * k], 2)
    out[..., 1:] = cv2.blur(out[..., 1:], (3, 3), borderType=cv2.BORDER_REPLICATE)
    return np.clip(out / 2, -127, 127)


def strength(rgb):
    """Mean strength of the edges of a picture, as field wants it."""
    s = cv2.sepFilter2D(rgb, -1, TAPS, TAPS, borderType=cv2.BORDER_REPLICATE).astype(np.float32)
    gx, gy = s[1:-1, 2:] - s[1:-1, :-2], s[2:, 1:-1] - s[:-2, 1:-1]
    return float(4 * np.sqrt((gx * gx + gy * gy).sum(2)).mean())


# A box is looked at in a window of WIDE x HIGH points, of which it fills FILL each way.
WIDE, HIGH, FILL = 96, 48, .82


def window(f, x, y, w, h, turn=0., size=(WIDE, HIGH), fill=FILL):
    """The window of the box of w x h about (x, y), turned, in pixels of the field; nothing beyond the picture."""
    sx, sy = w / (size[0] * fill), h / (size[1] * fill)
    c, s = np.cos(turn), np.sin(turn)
    m = np.float64([[c * sx, -s * sy, x - .5], [s * sx, c * sy, y - .5]])
    m[:, 2] -= m[:, :2] @ [(size[0] - 1) / 2, (size[1] - 1) / 2]
    out = cv2.warpAffine(f, m, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=(0, 0, 0))
    turn_back(out, turn)
    return out


def turn_back(out, turn):
    """Turns the directions of a window, in place, as if it had been upright: they are double angles."""
    if turn:
        c, s = np.cos(2 * turn), np.sin(2 * turn)
        u, v = out[..., 1].copy(), out[..., 2]
        out[..., 1], out[..., 2] = c * u + s * v, c * v - s * u


GM = (WIDE * HIGH) ** .5 * FILL  # side of the square that a box fills in its window
