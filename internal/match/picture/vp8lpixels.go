package picture

// pixelRun decodes the pixels of an image, which stand for themselves, repeat
// earlier ones, or name a colour of the cache. Colours are ARGB.
type pixelRun struct {
	pix   []uint32
	w     int
	cache []uint32
	hash  int // shift
	kept  int // pixels that are in the cache
}

// decode returns how many pixels there were before the data ended or broke.
func (p *pixelRun) decode(b *losslessBits, groups *groupMap) int {
	g := groups.at(0, 0)
	mask := 1<<groups.bits - 1
	x, y := 0, 0
	for at := 0; at < len(p.pix); {
		if groups.tile != nil && x&mask == 0 {
			g = groups.at(x, y)
		}
		n := 1
		switch green := g[0].next(b); {
		case green < literals:
			red, blue, alpha := g[1].next(b), g[2].next(b), g[3].next(b)
			p.pix[at] = uint32(alpha)<<24 | uint32(red)<<16 | uint32(green)<<8 | uint32(blue)
		case green < literals+runs:
			n = amount(b, green-literals)
			back := p.distance(amount(b, g[4].next(b)))
			if back > at || n > len(p.pix)-at || b.over {
				return at
			}
			for i := at; i < at+n; i++ {
				p.pix[i] = p.pix[i-back]
			}
		default:
			p.remember(at)
			p.pix[at] = p.cache[green-literals-runs]
		}
		if b.over {
			return at
		}
		at += n
		if x += n; x >= p.w {
			y += x / p.w
			x %= p.w
		}
		if n > 1 && groups.tile != nil && x&mask != 0 && at < len(p.pix) {
			g = groups.at(x, y)
		}
	}
	return len(p.pix)
}

// remember brings the cache up to the pixels before at.
func (p *pixelRun) remember(at int) {
	const mix = 0x1e35a7bd
	for _, v := range p.pix[p.kept:at] {
		p.cache[v*mix>>p.hash] = v
	}
	p.kept = at
}

// amount reads a length or a distance by its prefix.
func amount(b *losslessBits, prefix int) int {
	if prefix < 4 {
		return prefix + 1
	}
	extra := uint(prefix-2) / 2
	return (2+prefix&1)<<extra + b.read(extra) + 1
}

// near are the offsets of the first distance codes, nearest pixels first: rows
// up in the upper half of a byte, 8 less the columns to the left in the lower.
const near = "\x18\x07\x17\x19\x28\x06\x27\x29\x16\x1a\x26\x2a\x38\x05\x37\x39\x15\x1b\x36\x3a" +
	"\x25\x2b\x48\x04\x47\x49\x14\x1c\x35\x3b\x46\x4a\x24\x2c\x58\x45\x4b\x34\x3c\x03" +
	"\x57\x59\x13\x1d\x56\x5a\x23\x2d\x44\x4c\x55\x5b\x33\x3d\x68\x02\x67\x69\x12\x1e" +
	"\x66\x6a\x22\x2e\x54\x5c\x43\x4d\x65\x6b\x32\x3e\x78\x01\x77\x79\x53\x5d\x11\x1f" +
	"\x64\x6c\x42\x4e\x76\x7a\x21\x2f\x75\x7b\x31\x3f\x63\x6d\x52\x5e\x00\x74\x7c\x41" +
	"\x4f\x10\x20\x62\x6e\x30\x73\x7d\x51\x5f\x40\x72\x7e\x61\x6f\x50\x71\x7f\x60\x70"

// distance turns a distance code into how many pixels to go back.
func (p *pixelRun) distance(code int) int {
	if code > len(near) {
		return code - len(near)
	}
	v := int(near[code-1])
	return max(1, v>>4*p.w+8-v&15)
}
