package picture

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// mutator damages files the way storms, editors and attackers do: blindly, and
// with an eye for the structure of the format.
type mutator struct {
	rng *rand.Rand
	all [][]byte
}

func (m *mutator) mutate(data []byte) []byte {
	out := bytes.Clone(data)
	for range 1 + m.rng.IntN(4) {
		if len(out) == 0 {
			break
		}
		if m.rng.IntN(2) == 0 {
			out = m.blind(out)
		} else {
			out = m.structural(out)
		}
	}
	return out[:min(len(out), 1<<20-1)]
}

// blind damages bytes wherever they are.
func (m *mutator) blind(out []byte) []byte {
	rng := m.rng
	at := rng.IntN(len(out))
	if rng.IntN(2) == 0 { // headers matter most
		at = rng.IntN(min(len(out), 200))
	}
	n := min(1+rng.IntN(1+rng.IntN(64)), len(out)-at)
	switch rng.IntN(8) {
	case 0:
		out[at] ^= 1 << rng.IntN(8)
	case 1:
		out[at] = []byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}[rng.IntN(6)]
	case 2:
		for i := range n {
			out[at+i] = byte(rng.Uint32())
		}
	case 3:
		out = slices.Delete(out, at, at+n)
	case 4:
		out = slices.Insert(out, at, bytes.Clone(out[at:at+n])...)
	case 5:
		out = out[:at]
	case 6:
		copy(out[at:], []byte{0x20, 0, 0x20, 0}) // sizes
	case 7:
		other := m.all[rng.IntN(len(m.all))]
		out = append(out[:at], other[min(at, len(other)):]...)
	}
	return out
}

// structural damages the order, the lengths and the sizes of a file's parts.
func (m *mutator) structural(data []byte) []byte {
	rng := m.rng
	list := parts(data)
	i, j := rng.IntN(len(list)), rng.IntN(len(list))
	switch rng.IntN(8) {
	case 0:
		list = slices.Delete(list, i, i+1)
	case 1:
		for range 1 + rng.IntN(1+rng.IntN(200)) {
			list = slices.Insert(list, i, list[j])
		}
	case 2:
		list[i], list[j] = list[j], list[i]
	case 3: // a part of another file, likely of the same kind
		other := m.all[rng.IntN(len(m.all))]
		for k := 0; k < 20 && !bytes.Equal(other[:min(2, len(other))], data[:min(2, len(data))]); k++ {
			other = m.all[rng.IntN(len(m.all))]
		}
		theirs := parts(other)
		list = slices.Insert(list, i, theirs[rng.IntN(len(theirs))])
	case 4: // a number near the head of a part: a length, a size, a count
		list[i] = m.number(bytes.Clone(list[i]))
	case 5:
		list[i] = list[i][:rng.IntN(len(list[i])+1)]
	case 6: // the same in all parts of one kind
		head := list[i][:min(4, len(list[i]))]
		at, v, width := rng.IntN(24), m.value(), 1<<rng.IntN(3)
		for k, p := range list {
			if bytes.HasPrefix(p, head) {
				list[k] = putNumber(bytes.Clone(p), at, v, width, rng.IntN(2) == 0)
			}
		}
	case 7:
		list = list[:i+1]
	}
	return bytes.Join(list, nil)
}

func (m *mutator) number(p []byte) []byte {
	return putNumber(p, m.rng.IntN(min(32, len(p))+1), m.value(), 1<<m.rng.IntN(3), m.rng.IntN(2) == 0)
}

// value is a number at which arithmetic breaks, or a plausible size.
func (m *mutator) value() uint32 {
	edges := []uint32{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 64, 255, 256, 257, 1000, 1599, 1600, 1601, 2047, 3200, 4096,
		5000, 7071, 8191, 16383, 16384, 32767, 32768, 65535, 65536, 1 << 24, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1<<32 - 8}
	if m.rng.IntN(4) == 0 {
		return m.rng.Uint32() >> m.rng.IntN(32)
	}
	return edges[m.rng.IntN(len(edges))]
}

// putNumber writes v into so many bytes of p at a place.
func putNumber(p []byte, at int, v uint32, width int, bigEndian bool) []byte {
	if at+width > len(p) {
		return p
	}
	var b [4]byte
	if bigEndian {
		binary.BigEndian.PutUint32(b[:], v)
		copy(p[at:at+width], b[4-width:])
	} else {
		binary.LittleEndian.PutUint32(b[:], v)
		copy(p[at:at+width], b[:width])
	}
	return p
}

// parts takes a file apart at the seams of its format; they join to data again.
func parts(data []byte) [][]byte {
	seams := func(first int, next func(rest []byte) int) (list [][]byte) {
		rest := data[min(first, len(data)):]
		list = append(list, data[:len(data)-len(rest)])
		for len(rest) > 0 {
			n := min(max(1, next(rest)), len(rest))
			list = append(list, rest[:n])
			rest = rest[n:]
		}
		return list
	}
	switch format, _, _ := sniff(data); format {
	case FormatJPEG:
		return seams(2, jpegPart)
	case FormatPNG:
		return seams(8, func(rest []byte) int {
			if len(rest) < 12 {
				return len(rest)
			}
			return 12 + int(binary.BigEndian.Uint32(rest))
		})
	case FormatWebP:
		return seams(12, webpPart)
	case FormatGIF:
		return seams(13, gifPart)
	}
	return seams(14, func([]byte) int { return 12 }) // directory entries of TIFF
}

// jpegPart is the length of a segment, with the coded data that follow it.
func jpegPart(rest []byte) int {
	for i := 2; i+1 < len(rest); i++ {
		if rest[i] == 0xff && rest[i+1] != 0 && rest[i+1] != 0xff {
			return i
		}
	}
	return len(rest)
}

// webpPart is the length of a chunk; of a frame of an animation, of its head.
func webpPart(rest []byte) int {
	if len(rest) < 8 {
		return len(rest)
	}
	if string(rest[:4]) == "ANMF" {
		return 8 + 16
	}
	n := int(binary.LittleEndian.Uint32(rest[4:]))
	return 8 + n + n&1
}

// gifPart is the length of a block: an image, an extension, or a stray byte.
func gifPart(rest []byte) int {
	r := gifReader{rest: rest[1:]}
	switch rest[0] {
	case ',':
		b := r.next(9)
		if b == nil {
			return len(rest)
		}
		r.palette(b[8])
		r.next(1)
	case '!':
		r.next(1)
	default:
		return 1
	}
	r.skip()
	return len(rest) - len(r.rest)
}
