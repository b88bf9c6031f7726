package picture

import "unsafe"

// lossless decodes the lossless images of WebP (VP8L, RFC 9649). It is our own
// because the tables that a file may define can outgrow the picture: every
// piece is asked of the budget before it is allocated, and what comes before a
// break in the data is kept. One serves all frames of an animation.
type lossless struct {
	*decoder
	bits       losslessBits
	transforms []losslessTransform // in the order of the file
	lengths    [maxGreen]uint8     // of the code being read

	words   store[uint32] // pixels, tables, rows
	symbols store[uint16]
	groups  store[codeGroup]
	places  store[int32]
	bytes   store[byte]
}

// store lends memory for one image and has it again for the next, so that an
// animation of a thousand frames costs no more than its greediest ones.
type store[T any] struct {
	lent int
	all  [][]T // by the order in which they are asked for
}

// get returns n zero values, taken from the budget unless they were before.
func (s *store[T]) get(n int, d *decoder) ([]T, error) {
	if s.lent == len(s.all) {
		s.all = append(s.all, nil)
	}
	if cap(s.all[s.lent]) < n {
		var zero T
		if err := d.take(int64(n) * int64(unsafe.Sizeof(zero))); err != nil {
			return nil, err
		}
		s.all[s.lent] = make([]T, n)
	} else {
		s.all[s.lent] = s.all[s.lent][:n]
		clear(s.all[s.lent])
	}
	s.lent++
	return s.all[s.lent-1], nil
}

const (
	literals  = 256
	runs      = 24 // prefixes of lengths
	distances = 40 // prefixes of distances
	cacheBits = 11 // of the largest colour cache
	maxGreen  = literals + runs + 1<<cacheBits
)

// decode hands the rows of VP8L data without its header, w x h pixels, to emit
// as straight RGBA. It returns how many rows there were.
func (l *lossless) decode(data []byte, w, h int, emit func(y int, pix []byte)) (int, error) {
	l.bits, l.transforms = losslessBits{rest: data}, l.transforms[:0]
	l.words.lent, l.symbols.lent, l.groups.lent, l.places.lent, l.bytes.lent = 0, 0, 0, 0, 0
	width, err := l.readTransforms(w, h)
	if err != nil {
		return 0, err
	}
	pix, n, err := l.image(width, h, true)
	if err != nil {
		return 0, err
	}
	out, err := l.bytes.get(4*w, l.decoder)
	if err != nil {
		return 0, err
	}
	rows := n / width
	for y := range rows {
		row := pix[y*width:][:width]
		for i := len(l.transforms) - 1; i >= 0; i-- {
			row = l.transforms[i].undo(row, y)
		}
		for x, v := range row {
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = uint8(v>>16), uint8(v>>8), uint8(v), uint8(v>>24)
		}
		emit(y, out)
	}
	return rows, nil
}

func (l *lossless) corrupt(what string) error { return corrupt(FormatWebP, "%s", what) }

// readTransforms reads what was done to the picture before it was coded and
// returns the width that is coded.
func (l *lossless) readTransforms(w, h int) (int, error) {
	var seen [4]bool
	for l.bits.read(1) == 1 {
		kind := l.bits.read(2)
		if seen[kind] {
			return 0, l.corrupt("a transform is repeated")
		}
		seen[kind] = true
		t := losslessTransform{kind: kind, w: w}
		var err error
		switch kind {
		case transformPredict, transformColour:
			t.bits = uint(l.bits.read(3)) + 2
			t.data, err = l.whole(tiles(w, t.bits), tiles(h, t.bits))
		case transformPalette:
			n := l.bits.read(8) + 1
			switch {
			case n <= 2:
				t.bits = 3
			case n <= 4:
				t.bits = 2
			case n <= 16:
				t.bits = 1
			}
			t.data, err = l.whole(n, 1)
			for i := 1; i < len(t.data); i++ {
				t.data[i] = addPixels(t.data[i], t.data[i-1])
			}
			w = tiles(w, t.bits)
		}
		if err == nil {
			t.row, err = l.words.get(t.w+1, l.decoder)
		}
		if err != nil {
			return 0, err
		}
		l.transforms = append(l.transforms, t)
	}
	return w, nil
}

// tiles is how many tiles of 2^bits pixels cover n.
func tiles(n int, bits uint) int { return (n + 1<<bits - 1) >> bits }

// whole decodes an auxiliary image, which is of no use in parts.
func (l *lossless) whole(w, h int) ([]uint32, error) {
	pix, n, err := l.image(w, h, false)
	if err == nil && n < len(pix) {
		return nil, truncated(FormatWebP, "its tables are incomplete")
	}
	return pix, err
}

// codeGroup decodes the pixels of some tiles: green and runs, red, blue, alpha,
// distances.
type codeGroup [5]prefixCode

// groupMap says which group decodes which tile.
type groupMap struct {
	groups []codeGroup
	tile   []uint32 // index of the group by tile; nil: the first for all
	bits   uint
	across int
}

func (m *groupMap) at(x, y int) *codeGroup {
	if m.tile == nil {
		return &m.groups[0]
	}
	return &m.groups[m.tile[(y>>m.bits)*m.across+x>>m.bits]]
}

// image decodes w x h pixels and returns how many there were before the data
// ended or broke. Only the picture itself may have several groups of codes.
func (l *lossless) image(w, h int, picture bool) ([]uint32, int, error) {
	var cache []uint32
	hash := 32 // shift that turns a mixed colour into its place in the cache
	if l.bits.read(1) == 1 {
		n := l.bits.read(4)
		if n < 1 || n > cacheBits {
			return nil, 0, l.corrupt("a colour cache has an impossible size")
		}
		var err error
		if cache, err = l.words.get(1<<n, l.decoder); err != nil {
			return nil, 0, err
		}
		hash = 32 - n
	}
	groups, err := l.readGroups(w, h, picture, len(cache))
	if err != nil {
		return nil, 0, err
	}
	pix, err := l.words.get(w*h, l.decoder)
	if err != nil {
		return nil, 0, err
	}
	p := pixelRun{pix: pix, w: w, cache: cache, hash: hash}
	return pix, p.decode(&l.bits, groups), nil
}

// readGroups reads the codes of an image.
func (l *lossless) readGroups(w, h int, picture bool, cache int) (*groupMap, error) {
	m, all := &groupMap{}, 1
	var place []int32 // by the file's number of a group: our number, or -1
	if picture && l.bits.read(1) == 1 {
		m.bits = uint(l.bits.read(3)) + 2
		m.across = tiles(w, m.bits)
		var err error
		if m.tile, err = l.whole(m.across, tiles(h, m.bits)); err != nil {
			return nil, err
		}
		if place, err = l.renumber(m.tile); err != nil {
			return nil, err
		}
		all = len(place)
	}
	used := 0
	for i := range all {
		if place == nil || place[i] >= 0 {
			used++
		}
	}
	var err error
	if m.groups, err = l.groups.get(used, l.decoder); err != nil {
		return nil, err
	}
	for i := range all {
		var g *codeGroup
		if place == nil {
			g = &m.groups[0]
		} else if place[i] >= 0 {
			g = &m.groups[place[i]]
		}
		if err := l.readGroup(g, cache); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// renumber turns the pixels of tile into numbers of groups without gaps: a file
// may define more than it uses.
func (l *lossless) renumber(tile []uint32) ([]int32, error) {
	top := uint32(0)
	for i, v := range tile {
		tile[i] = v >> 8 & 0xffff // red and green
		top = max(top, tile[i])
	}
	place, err := l.places.get(int(top)+1, l.decoder)
	if err != nil {
		return nil, err
	}
	for i := range place {
		place[i] = -1
	}
	used := int32(0)
	for i, v := range tile {
		if place[v] < 0 {
			place[v] = used
			used++
		}
		tile[i] = uint32(place[v])
	}
	return place, nil
}

// readGroup reads the five codes of a group; of one that no tile uses, nil,
// only the lengths.
func (l *lossless) readGroup(g *codeGroup, cache int) error {
	for i, size := range [5]int{literals + runs + cache, literals, literals, literals, distances} {
		lengths := l.lengths[:size]
		clear(lengths)
		possible := l.readLengths(lengths)
		if l.bits.over {
			return truncated(FormatWebP, "its tables are incomplete")
		}
		if !possible {
			return l.corrupt("a code is impossible")
		}
		if g == nil {
			continue
		}
		ok, err := g[i].build(lengths, l.symbolRoom)
		if err != nil {
			return err
		}
		if !ok {
			return l.corrupt("a code is impossible")
		}
	}
	return nil
}

func (l *lossless) symbolRoom(n int) ([]uint16, error) { return l.symbols.get(n, l.decoder) }

// lengthOrder is the order in which the lengths of the outer code come.
const lengthOrder = "\x11\x12\x00\x01\x02\x03\x04\x05\x10\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"

// readLengths reads the lengths of a code; false when they cannot be.
func (l *lossless) readLengths(lengths []uint8) bool {
	b := &l.bits
	if b.read(1) == 1 { // one or two symbols
		two, wide := b.read(1) == 1, b.read(1) == 1
		n := uint(1)
		if wide {
			n = 8
		}
		first := b.read(n)
		if first >= len(lengths) {
			return false
		}
		lengths[first] = 1
		if two {
			second := b.read(8)
			if second >= len(lengths) {
				return false
			}
			lengths[second] = 1
		}
		return true
	}
	var outer [19]uint8
	for _, at := range []byte(lengthOrder[:min(b.read(4)+4, len(lengthOrder))]) {
		outer[at] = uint8(b.read(3))
	}
	var code prefixCode // no length is over 7, so it asks for nothing more
	if ok, _ := code.build(outer[:], nil); !ok {
		return false
	}
	left := len(lengths)
	if b.read(1) == 1 {
		if left = 2 + b.read(2+2*uint(b.read(3))); left > len(lengths) {
			return false
		}
	}
	return code.expand(b, lengths, left)
}

// expand reads at most so many coded lengths with runs of equal ones.
func (c *prefixCode) expand(b *losslessBits, lengths []uint8, most int) bool {
	previous := uint8(8)
	for at := 0; at < len(lengths) && most > 0; most-- {
		n := c.next(b)
		if n < 16 {
			lengths[at] = uint8(n)
			if n != 0 {
				previous = uint8(n)
			}
			at++
			continue
		}
		value, times := uint8(0), 0
		switch n {
		case 16:
			value, times = previous, 3+b.read(2)
		case 17:
			times = 3 + b.read(3)
		case 18:
			times = 11 + b.read(7)
		}
		if at+times > len(lengths) {
			return false
		}
		for range times {
			lengths[at] = value
			at++
		}
	}
	return true
}
