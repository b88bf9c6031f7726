package picture

// zigzag is the place in a row-major block of each coefficient as stored.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// jpegScan is one pass over some components.
type jpegScan struct {
	j          *jpegDecoder
	comps      []*jpegComponent
	start, end int // zigzag indices of the coefficients in the scan
	high, low  int // bit positions: known so far, known after the scan
	eobRun     int // blocks that need no further code

	unitsX, units int // MCUs, or blocks of the only component, across and in all
	read          int // MCUs decoded
	streaming     bool
	work          [64]int32 // the block in work
}

// scan decodes a scan and moves pos past it.
func (j *jpegDecoder) scan(header []byte, pos *int) error {
	if j.comps == nil {
		return corrupt(FormatJPEG, "its picture comes before its header")
	}
	s, err := j.newScan(header)
	if err != nil || s == nil {
		return err
	}
	if s.streaming, err = j.prepare(len(s.comps)); err != nil {
		return err
	}
	j.bits.restarts = j.interval > 0
	j.bits.start(*pos)
	s.run()
	*pos = j.bits.pos
	j.done = j.done || s.streaming
	j.damaged = j.damaged || s.read < s.units || j.bits.bad || j.bits.left() > maxLeft
	return nil
}

// newScan reads a scan header; nil when it makes no sense and is skipped.
func (j *jpegDecoder) newScan(b []byte) (*jpegScan, error) {
	if len(b) < 1 || len(b) < 4+2*int(b[0]) {
		return nil, j.broken("a scan header is incomplete")
	}
	n := int(b[0])
	s := &jpegScan{j: j, start: 0, end: 63}
	for i := range n {
		id, tables := b[1+2*i], b[2+2*i]
		for _, c := range j.comps {
			if c.id == id {
				c.dcTable, c.acTable = j.dc[tables>>4&3], j.ac[tables&3]
				s.comps = append(s.comps, c)
				break
			}
		}
	}
	if len(s.comps) == 0 || len(s.comps) != n || n > len(j.comps) {
		return nil, j.broken("a scan names components that are not there")
	}
	if j.progressive {
		b = b[1+2*n:]
		s.start, s.end, s.high, s.low = int(b[0]), int(b[1]), int(b[2]>>4), int(b[2]&15)
		if s.end > 63 || s.start > s.end || s.low > 13 || (s.start > 0 && n > 1) || (s.start == 0 && s.end > 0) {
			return nil, j.broken("a scan header is impossible")
		}
	}
	s.unitsX, s.units = j.mcusX, j.mcusX*j.mcusY
	if n == 1 {
		s.unitsX, s.units = s.comps[0].ownX, s.comps[0].ownX*s.comps[0].ownY
	}
	blocks := 0
	for _, c := range s.comps {
		blocks += c.blocksX * c.blocksY
	}
	if j.visits += blocks; j.visits > maxBlockVisits {
		return nil, j.broken("it has too many scans")
	}
	return s, nil
}

// prepare allocates what the first scan of components needs and says whether
// the scan yields the picture directly, without keeping coefficients.
func (j *jpegDecoder) prepare(components int) (streaming bool, err error) {
	if j.out != nil {
		return false, nil
	}
	if j.out, err = j.newOutput(); err != nil {
		return false, err
	}
	first := j.comps[0]
	if !j.progressive && components == len(j.comps) {
		first.seen = make([]bool, first.blocksX*first.v)
		return true, nil
	}
	for _, c := range j.comps {
		blocks := c.blocksX * c.blocksY
		if err := j.take(128 * int64(blocks)); err != nil {
			j.out = nil
			return false, err
		}
		c.coef = make([]int16, 64*blocks)
	}
	first.seen = make([]bool, first.blocksX*first.blocksY)
	return false, nil
}

// run decodes segment by segment. After damage it goes on at the next restart
// marker; the marker's number says how many segments are lost.
func (s *jpegScan) run() {
	j := s.j
	segment := s.units
	if j.interval > 0 {
		segment = j.interval
	}
	unit := 0
	for expect := byte(0); unit < s.units; {
		s.reset()
		end := min(unit+segment, s.units)
		for u := unit; u < end && s.unit(u); u++ {
			s.read++
		}
		if end == s.units || j.interval == 0 {
			break
		}
		j.bits.bad = j.bits.bad || j.bits.left() > maxLeft
		skipped, ok := j.bits.restart(&expect)
		if !ok {
			break
		}
		unit = end + skipped*segment
	}
	if s.streaming {
		j.out.rows(min(j.out.mcuRow+1, j.mcusY)) // nothing is known of those below
	}
}

func (s *jpegScan) reset() {
	s.eobRun = 0
	for _, c := range s.comps {
		c.pred = 0
	}
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

// unit decodes one MCU; false when its data are not all there.
func (s *jpegScan) unit(u int) bool {
	j := s.j
	x, y := u%s.unitsX, u/s.unitsX
	if s.streaming && y > j.out.mcuRow {
		j.out.rows(y)
	}
	if len(s.comps) == 1 {
		s.block(s.comps[0], x, y)
	} else {
		for _, c := range s.comps {
			for v := range c.v {
				for h := range c.h {
					s.block(c, x*c.h+h, y*c.v+v)
				}
			}
		}
	}
	if j.bits.overrun() {
		return false
	}
	if s.start == 0 && s.comps[0] == j.comps[0] {
		s.mark(x, y)
	}
	return true
}

// mark notes that the first component's blocks in a unit have been decoded.
func (s *jpegScan) mark(x, y int) {
	c := s.comps[0]
	if s.streaming {
		y -= s.j.out.mcuRow
	}
	w, h := c.h, c.v
	if len(s.comps) == 1 {
		w, h = 1, 1
	}
	for v := range h {
		for i := range w {
			c.seen[(y*h+v)*c.blocksX+x*w+i] = true
		}
	}
}

// block decodes the block of c at column bx and row by.
func (s *jpegScan) block(c *jpegComponent, bx, by int) {
	j := s.j
	if s.streaming {
		by -= j.out.mcuRow * c.v
		last := s.baseline(c, &j.quant[c.tq])
		j.out.idct(&s.work, last, c.plane[j.out.block*(by*c.stride+bx):], c.stride)
		return
	}
	i := by*c.blocksX + bx
	coef := (*[64]int16)(c.coef[64*i:])
	switch {
	case !s.j.progressive:
		s.baseline(c, &unscaled)
		for k, v := range s.work {
			coef[k] = int16(v)
		}
		s.work = [64]int32{}
	case s.start == 0 && s.high == 0:
		s.dcFirst(c, coef)
	case s.start == 0:
		coef[0] |= int16(j.bits.take(1) << s.low)
	case s.high == 0:
		s.acFirst(c, coef)
	default:
		s.acRefine(c, coef)
	}
}

// unscaled is a quantisation table that changes nothing.
var unscaled = func() (q [64]int32) {
	for k := range q {
		q[k] = 1
	}
	return q
}()

// baseline decodes a block of a sequential scan into work, which must be zero,
// times q. It returns the zigzag index of the last coefficient.
func (s *jpegScan) baseline(c *jpegComponent, q *[64]int32) int {
	b := &s.j.bits
	c.pred += b.mean(c.dcTable)
	s.work[0] = int32(c.pred) * q[0]

	table, work := c.acTable, &s.work
	acc, n := b.acc, b.n
	last, k := 0, 1
	for k < 64 {
		if n < 32 {
			acc, n = b.refill(acc, n)
		}
		if e := table.coef[acc>>(64-lookupBits)]; e != 0 {
			acc <<= e & 63
			n -= int(e & 63)
			if k += int(e >> 8 & 255); k > 63 {
				b.bad = b.bad || k < endOfBlock
				break
			}
			work[zigzag[k]&63] = int32(e) >> 16 * q[k]
			last = k
			k++
			continue
		}
		size, symbol := table.lookup(acc)
		acc <<= uint(size & 63)
		n -= size
		b.bad = b.bad || size > 16
		run, bits := int(symbol>>4), uint(symbol&15)
		if bits == 0 {
			if run < 15 {
				break
			}
			k += 16
			continue
		}
		if k += run; k > 63 {
			b.bad = true
			break
		}
		v := int32(acc >> 1 >> (63 - bits))
		if v < 1<<(bits-1) {
			v -= 1<<bits - 1
		}
		acc <<= bits
		n -= int(bits)
		work[zigzag[k]&63] = v * q[k]
		last = k
		k++
	}
	b.acc, b.n = acc, n
	return last
}

// mean decodes the difference of a block's mean to the one before.
func (b *jpegBits) mean(table *huffman) int {
	return b.signed(int(b.symbol(table) & 15))
}

func (s *jpegScan) dcFirst(c *jpegComponent, coef *[64]int16) {
	c.pred += s.j.bits.mean(c.dcTable)
	coef[0] = int16(c.pred << s.low)
}

func (s *jpegScan) acFirst(c *jpegComponent, coef *[64]int16) {
	if s.eobRun > 0 {
		s.eobRun--
		return
	}
	b := &s.j.bits
	for k := s.start; k <= s.end; k++ {
		symbol := b.symbol(c.acTable)
		run, bits := int(symbol>>4), int(symbol&15)
		if bits == 0 {
			if run < 15 {
				s.eobRun = 1<<run - 1 + b.take(run)
				return
			}
			k += 15
			continue
		}
		if k += run; k > s.end {
			b.bad = true
			return
		}
		coef[zigzag[k]] = int16(b.signed(bits) << s.low)
	}
}

// acRefine adds a bit to the coefficients known so far and, between them, new
// ones of plus or minus that bit.
func (s *jpegScan) acRefine(c *jpegComponent, coef *[64]int16) {
	b := &s.j.bits
	bit := int16(1) << s.low
	k := s.start
	for s.eobRun == 0 && k <= s.end {
		symbol := b.symbol(c.acTable)
		run, value := int(symbol>>4), int16(0)
		if symbol&15 != 0 {
			value = -bit
			if b.take(1) == 1 {
				value = bit
			}
		} else if run < 15 {
			s.eobRun = 1<<run + b.take(run)
			break
		}
		k = s.refine(coef, k, run, bit)
		if k <= s.end && value != 0 {
			coef[zigzag[k]] = value
		}
		k++
	}
	if s.eobRun > 0 {
		s.refine(coef, k, -1, bit)
		s.eobRun--
	}
}

// refine corrects known coefficients from k on until it has passed zeros of
// them that are zero still, and returns the index of the next such one.
func (s *jpegScan) refine(coef *[64]int16, k, zeros int, bit int16) int {
	b := &s.j.bits
	for ; k <= s.end; k++ {
		p := &coef[zigzag[k]]
		if *p == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if b.take(1) == 1 && *p&bit == 0 {
			if *p > 0 {
				*p += bit
			} else {
				*p -= bit
			}
		}
	}
	return k
}
