package picture

import "encoding/binary"

// losslessBits reads bits, the lowest of a byte first. Past the end of the data
// it yields zeros and notes that it did.
type losslessBits struct {
	rest []byte
	acc  uint64
	n    uint // bits in acc
	over bool
}

// fill brings in at least 56 bits while there are data.
func (b *losslessBits) fill() {
	if len(b.rest) >= 8 {
		b.acc |= binary.LittleEndian.Uint64(b.rest) << b.n
		whole := (63 - b.n) / 8
		b.rest = b.rest[whole:]
		b.n += 8 * whole
		return
	}
	for b.n <= 56 && len(b.rest) > 0 {
		b.acc |= uint64(b.rest[0]) << b.n
		b.rest = b.rest[1:]
		b.n += 8
	}
}

// read returns the next n bits, at most 24.
func (b *losslessBits) read(n uint) int {
	if b.n < n {
		b.fill()
	}
	v := int(b.acc & (1<<n - 1))
	b.skip(n)
	return v
}

func (b *losslessBits) skip(n uint) {
	if n > b.n {
		b.over, b.acc, b.n = true, 0, 0
		return
	}
	b.acc >>= n
	b.n -= n
}

// quickBits is how many bits a prefixCode looks up at once.
const quickBits = 8

// longCode marks an entry of quick whose code has more than quickBits bits.
const longCode = 15

// prefixCode is a canonical prefix code of at most 4,096 symbols with codes of
// up to 15 bits. It is kept small, since a file may define thousands.
type prefixCode struct {
	quick   [1 << quickBits]uint16 // by the next bits: symbol<<4 | length of its code
	count   [16]uint16             // codes by length
	symbols []uint16               // by code; only when some are longer than quickBits
}

// build makes the code of the given lengths, 0 for symbols that do not occur;
// false when they leave codes unused or overlap. A lone symbol takes no bits.
// room gives memory for the symbols of long codes.
func (c *prefixCode) build(lengths []uint8, room func(n int) ([]uint16, error)) (ok bool, err error) {
	c.count, c.symbols = [16]uint16{}, nil
	used, last, longest := 0, 0, uint8(0)
	for s, n := range lengths {
		if n > 0 {
			c.count[n]++
			used, last, longest = used+1, s, max(longest, n)
		}
	}
	if used == 1 {
		for i := range c.quick {
			c.quick[i] = uint16(last) << 4
		}
		return true, nil
	}
	var next [17]int // the next code of each length
	for n := 1; n <= 15; n++ {
		next[n+1] = (next[n] + int(c.count[n])) << 1
		if next[n]+int(c.count[n]) > 1<<n {
			return false, nil
		}
	}
	if next[16] != 1<<16 {
		return false, nil
	}
	if longest > quickBits {
		if c.symbols, err = room(used); err != nil {
			return false, err
		}
		c.sort(lengths)
	}
	c.shortCodes(lengths, next)
	return true, nil
}

// shortCodes fills quick; next holds the first code of each length.
func (c *prefixCode) shortCodes(lengths []uint8, next [17]int) {
	for i := range c.quick {
		c.quick[i] = longCode
	}
	for s, n := range lengths {
		if n == 0 || n > quickBits {
			continue
		}
		code := 0 // bits come highest first
		for i := range n {
			code |= (next[n] >> i & 1) << (n - 1 - i)
		}
		next[n]++
		for ; code < len(c.quick); code += 1 << n {
			c.quick[code] = uint16(s)<<4 | uint16(n)
		}
	}
}

// sort puts the used symbols in the order of their codes.
func (c *prefixCode) sort(lengths []uint8) {
	var at [17]int
	for n := 1; n <= 15; n++ {
		at[n+1] = at[n] + int(c.count[n])
	}
	for s, n := range lengths {
		if n > 0 {
			c.symbols[at[n]] = uint16(s)
			at[n]++
		}
	}
}

// next reads a symbol.
func (c *prefixCode) next(b *losslessBits) int {
	if b.n < 15 {
		b.fill()
	}
	e := c.quick[b.acc&(1<<quickBits-1)]
	if n := uint(e & 15); n != longCode {
		b.skip(n)
		return int(e >> 4)
	}
	code, first, index := 0, 0, 0
	for n := uint(1); n <= 15; n++ {
		code |= int(b.acc >> (n - 1) & 1)
		count := int(c.count[n])
		if code < first+count {
			b.skip(n)
			return int(c.symbols[index+code-first])
		}
		index, first, code = index+count, (first+count)<<1, code<<1
	}
	b.over = true // complete codes end before
	return 0
}
