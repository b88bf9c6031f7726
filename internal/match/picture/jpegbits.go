package picture

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// jpegBits reads the entropy-coded bits of a JPEG scan. It stops at a marker
// and then delivers zeros, as other decoders do; overrun tells.
type jpegBits struct {
	data []byte
	pos  int
	acc  uint64 // next bits, highest first; those below the first n are a preview
	n    int    // valid bits in acc
	pad  int    // of these, bits that are not in the file

	bad      bool // a code does not exist or says what cannot be
	restarts bool // restart markers end a segment; without, stray ones are skipped
}

// start begins a segment at byte pos.
func (b *jpegBits) start(pos int) { b.pos, b.acc, b.n, b.pad = pos, 0, 0, 0 }

// overrun says whether more bits were used than there are.
func (b *jpegBits) overrun() bool { return b.pad > b.n }

// refill returns acc and n with at least 48 valid bits.
func (b *jpegBits) refill(acc uint64, n int) (uint64, int) {
	if b.pos+8 <= len(b.data) {
		v := binary.BigEndian.Uint64(b.data[b.pos:])
		const ones, tops = 0x0101010101010101, 0x8080808080808080
		if x := ^v; (x-ones)&^x&tops == 0 { // no byte is 0xff
			k := (63 - n) >> 3
			b.pos += k
			return acc | v>>uint(n&63), n + 8*k
		}
	}
	return b.refillSlow(acc, n)
}

func (b *jpegBits) refillSlow(acc uint64, n int) (uint64, int) {
	for n <= 56 {
		c, ok := b.next()
		if !ok {
			b.pad += 64 - n
			return acc, 64
		}
		acc |= uint64(c) << uint(56-n)
		n += 8
	}
	return acc, n
}

// next returns the next byte of the segment without its stuffing.
func (b *jpegBits) next() (byte, bool) {
	for b.pos < len(b.data) {
		c := b.data[b.pos]
		if c != 0xff {
			b.pos++
			return c, true
		}
		if b.pos+1 >= len(b.data) {
			return 0, false
		}
		switch m := b.data[b.pos+1]; {
		case m == 0:
			b.pos += 2
			return c, true
		case m == 0xff: // fill byte before a marker
			b.pos++
		case isRestart(m) && !b.restarts:
			b.pos += 2
		case m < 0xc0: // no marker has this code: damage, or a careless encoder
			b.pos++
			return c, true
		default:
			return 0, false
		}
	}
	return 0, false
}

// take returns the next n bits, n at most 16.
func (b *jpegBits) take(n int) int {
	if b.n < 32 {
		b.acc, b.n = b.refill(b.acc, b.n)
	}
	v := int(b.acc >> uint(64-n)) // a shift by 64 gives 0
	b.acc <<= uint(n)
	b.n -= n
	return v
}

// signed returns a value of n bits in JPEG's form: a leading 0 says negative.
func (b *jpegBits) signed(n int) int {
	v := b.take(n)
	if n > 0 && v < 1<<(n-1) {
		v -= 1<<n - 1
	}
	return v
}

// restart moves to the data after the next restart marker. expect counts the
// markers; skipped is the number of segments missing before it.
func (b *jpegBits) restart(expect *byte) (skipped int, ok bool) {
	pos := b.pos
	for {
		marker, at := nextMarker(b.data, pos)
		if marker < 0xc0 && marker != 0 {
			pos = at
			continue
		}
		if !isRestart(marker) {
			return 0, false
		}
		gap := int(marker-*expect) & 7
		if gap > 5 { // one that belongs further up
			pos = at
			continue
		}
		*expect = (marker + 1) & 7
		b.start(at)
		return gap, true
	}
}

// maxLeft is how many bytes careless encoders leave before a marker.
const maxLeft = 2

// left returns the bytes between the last bit used and the next marker: more
// than a few say that decoding got out of step.
func (b *jpegBits) left() int {
	end := b.pos
	for {
		i := bytes.IndexByte(b.data[end:], 0xff)
		if i < 0 {
			return len(b.data) - b.pos + max(0, b.n-b.pad)/8
		}
		end += i + 1
		if end < len(b.data) && b.data[end] != 0 {
			return end - 1 - b.pos + max(0, b.n-b.pad)/8
		}
	}
}

// symbol decodes a Huffman symbol, 0 when the code does not exist.
func (b *jpegBits) symbol(h *huffman) byte {
	if b.n < 32 {
		b.acc, b.n = b.refill(b.acc, b.n)
	}
	size, symbol := h.lookup(b.acc)
	b.acc <<= uint(size)
	b.n -= size
	b.bad = b.bad || size > 16
	return symbol
}

const lookupBits = 10

// huffman is a table of codes with look-ups by the next bits.
type huffman struct {
	short  [1 << lookupBits]uint16 // size<<8 | symbol; 0: a longer code
	limit  [18]uint32              // first 16-bit prefix beyond the codes of a size
	offset [17]int                 // symbol index of a code minus the code, by size
	symbol [256]byte

	// steps decode a run and a value at once where all their bits fit: value
	// <<16 | run<<8 | bits; 0: they do not. Run 128 is the end of the block.
	steps [1 << lookupBits]uint32
}

const endOfBlock = 128

// build makes the tables; false when counts describe no prefix code.
func (h *huffman) build(counts [16]byte, symbols []byte) bool {
	*h = huffman{}
	copy(h.symbol[:], symbols)
	code, index := 0, 0
	for i, count := range counts {
		size := i + 1
		h.offset[size] = index - code
		for range count {
			if size <= lookupBits {
				h.fillShort(code, size, h.symbol[index&255])
			}
			code++
			index++
		}
		if code > 1<<size {
			return false
		}
		h.limit[size] = uint32(code) << (16 - size)
		code <<= 1
	}
	h.limit[17] = 1 << 16
	h.fillSteps()
	return index > 0
}

func (h *huffman) fillShort(code, size int, symbol byte) {
	first := code << (lookupBits - size)
	for i := range 1 << (lookupBits - size) {
		if first+i < len(h.short) {
			h.short[first+i] = uint16(size)<<8 | uint16(symbol)
		}
	}
}

func (h *huffman) fillSteps() {
	for prefix, e := range h.short {
		size, run, bits := int(e>>8), int(e>>4&15), int(e&15)
		switch {
		case size == 0 || size+bits > lookupBits:
		case bits == 0 && run < 15:
			h.steps[prefix] = uint32(endOfBlock<<8 | size)
		default:
			v := prefix >> (lookupBits - size - bits) & (1<<bits - 1)
			if v < 1<<bits>>1 {
				v -= 1<<bits - 1
			}
			h.steps[prefix] = uint32(v)<<16 | uint32(run<<8|size+bits)
		}
	}
}

// longStep is a step for what does not fit: bits in all, run and value.
func (b *jpegBits) longStep(h *huffman, acc uint64) (n, run int, value int16) {
	size, symbol := h.lookup(acc)
	b.bad = b.bad || size > 16
	run, bits := int(symbol>>4), uint(symbol&15)
	if bits == 0 {
		if run < 15 {
			run = endOfBlock
		}
		return size, run, 0
	}
	v := int32(acc << uint(size) >> 1 >> (63 - bits))
	if v < 1<<(bits-1) {
		v -= 1<<bits - 1
	}
	return size + int(bits), run, int16(v)
}

// lookup returns the size of the code at the top of acc and its symbol. A code
// that does not exist has size 17 and symbol 0.
func (h *huffman) lookup(acc uint64) (int, byte) {
	if e := h.short[acc>>(64-lookupBits)]; e != 0 {
		return int(e >> 8), byte(e)
	}
	prefix := uint32(acc >> 48)
	for size := 1; size <= 16; size++ {
		if prefix < h.limit[size] {
			index := int(prefix>>(16-size)) + h.offset[size]
			return size, h.symbol[index&255]
		}
	}
	return 17, 0
}

func isRestart(marker byte) bool { return bits.LeadingZeros8(marker^0xd0) >= 5 }
