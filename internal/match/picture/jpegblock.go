package picture

// zigzag is the place in a row-major block of each coefficient as stored, place
// the one in a block of ours: in pairs of rows, 0 and 2, 1 and 3, 4 and 6, 5 and
// 7, which multiply-and-add instructions take together.
var place = func() (p [64]uint8) {
	for k, z := range zigzag {
		row, column := z>>3, z&7
		p[k] = row&1<<4 + row>>2<<5 + column<<1 + row>>1&1
	}
	return p
}()

var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// block decodes the block of c at column bx and row by.
func (s *jpegScan) block(c *jpegComponent, bx, by int) {
	j := s.j
	if s.streaming {
		by -= j.out.mcuRow * c.v
		last := s.baseline(c)
		j.out.idct(&s.work, &j.quant[c.tq], last, c.plane[j.out.block*(by*c.stride+bx):], c.stride)
		s.clear(last)
		return
	}
	i := by*c.blocksX + bx
	coef := (*[64]int16)(c.coef[64*i:])
	switch {
	case !s.j.progressive:
		last := s.baseline(c)
		*coef = s.work
		s.clear(last)
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

// clear makes work zero again; last is its last coefficient.
func (s *jpegScan) clear(last int) {
	if last == 0 {
		s.work[0] = 0
		return
	}
	s.work = [64]int16{}
}

// baseline decodes a block of a sequential scan into work, which must be zero.
// It returns the zigzag index of the last coefficient.
func (s *jpegScan) baseline(c *jpegComponent) int {
	b := &s.j.bits
	acc, n := b.acc, b.n
	if n < 32 {
		acc, n = b.refill(acc, n)
	}
	if e := c.dcTable.steps[acc>>(64-lookupBits)]; e != 0 {
		c.pred += int(int32(e) >> 16)
		acc <<= e & 63
		n -= int(e & 63)
	} else {
		used, _, v := b.longStep(c.dcTable, acc)
		c.pred += int(v)
		acc <<= uint(used & 63)
		n -= used
	}
	s.work[0] = int16(c.pred)

	table, work := c.acTable, &s.work
	last, k := 0, 1
	for k < 64 {
		if n < 32 {
			acc, n = b.refill(acc, n)
		}
		var e uint32
		for n >= 32 && k < 64 { // without calls, so that all stays in registers
			if e = table.steps[acc>>(64-lookupBits)]; e == 0 {
				break
			}
			acc <<= e & 63
			n -= int(e & 63)
			if k += int(e >> 8 & 255); k < 64 {
				work[place[k]&63] = int16(e >> 16)
				last = k
			}
			k++
		}
		if e == 0 {
			used, run, v := b.longStep(table, acc)
			acc <<= uint(used & 63)
			n -= used
			if k += run; k < 64 {
				work[place[k]&63] = v
				last = k
			}
			k++
		}
	}
	b.bad = b.bad || k > 64 && k < endOfBlock
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
		coef[place[k]&63] = int16(b.signed(bits) << s.low)
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
			coef[place[k]&63] = value
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
	acc, n := b.acc, b.n
	for ; k <= s.end; k++ {
		p := &coef[place[k]&63]
		v := *p
		if v == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if n < 32 {
			acc, n = b.refill(acc, n)
		}
		if int64(acc) < 0 && v&bit == 0 { // the next bit is 1
			if v > 0 {
				*p = v + bit
			} else {
				*p = v - bit
			}
		}
		acc <<= 1
		n--
	}
	b.acc, b.n = acc, n
	return k
}
