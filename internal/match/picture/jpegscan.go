package picture

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
	work          [64]int16 // the block in work, zero between blocks
}

// scan decodes a scan and moves pos past it.
func (j *jpegDecoder) scan(header []byte, pos *int) error {
	if j.comps == nil {
		return corrupt(FormatJPEG, "its picture comes before its header")
	}
	s := &jpegScan{j: j, end: 63}
	if fault := s.header(header); fault != "" {
		return j.broken(fault)
	}
	var err error
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

// header reads a scan header; it returns what is wrong with it, if anything.
func (s *jpegScan) header(b []byte) (fault string) {
	j := s.j
	if len(b) < 1 || len(b) < 4+2*int(b[0]) {
		return "a scan header is incomplete"
	}
	n := int(b[0])
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
		return "a scan names components that are not there"
	}
	if j.progressive {
		b = b[1+2*n:]
		s.start, s.end, s.high, s.low = int(b[0]), int(b[1]), int(b[2]>>4), int(b[2]&15)
		if s.end > 63 || s.start > s.end || s.low > 13 || (s.start > 0 && n > 1) || (s.start == 0 && s.end > 0) {
			return "a scan header is impossible"
		}
	}
	return s.measure()
}

// measure counts the units of the scan against the bound on all scans.
func (s *jpegScan) measure() (fault string) {
	j := s.j
	s.unitsX, s.units = j.mcusX, j.mcusX*j.mcusY
	if len(s.comps) == 1 {
		s.unitsX, s.units = s.comps[0].ownX, s.comps[0].ownX*s.comps[0].ownY
	}
	for _, c := range s.comps {
		j.visits += c.blocksX * c.blocksY
	}
	if j.visits > maxBlockVisits {
		return "it has too many scans"
	}
	return ""
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
