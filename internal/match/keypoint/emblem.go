package keypoint

// Features of marks: where edges gather, described by how the edges run in the cells of an upright patch.

// Layout of the patch, in pixels of its level.
const (
	cellGrid  = 5
	cellStep  = 8
	cellReach = 5 // half a cell's side; neighbouring cells overlap a little
	cellCount = cellGrid * cellGrid
	wideCount = 9
	perPart   = cellCount + wideCount // fine cells, then 3x3 wide ones
	partCount = 3 * perPart
)

// cellTest compares two cell values of one part; against zero when j is negative.
type cellTest struct{ i, j int16 }

// cells measures a patch around (x,y): mean strength and direction of every cell. Parts outside of the picture
// hold no edges.
func (f *field) cells(x, y int, out *[partCount]int32) {
	n := 0
	for _, g := range [2]struct{ grid, step, reach int }{{cellGrid, cellStep, cellReach}, {3, 13, 8}} {
		area := int32(4 * g.reach * g.reach)
		for r := range g.grid {
			cy := y + (r-g.grid/2)*g.step
			y0 := min(max(cy-g.reach, 0), f.h) * (f.w + 1)
			y1 := min(max(cy+g.reach, 0), f.h) * (f.w + 1)
			for c := range g.grid {
				cx := x + (c-g.grid/2)*g.step
				x0, x1 := min(max(cx-g.reach, 0), f.w), min(max(cx+g.reach, 0), f.w)
				for k := range f.sums {
					s := f.sums[k]
					out[k*perPart+n] = (s[y1+x1] - s[y1+x0] - s[y0+x1] + s[y0+x0]) * 64 / area
				}
				n++
			}
		}
	}
}

// describeEmblem runs the learnt comparisons on the cells of a patch.
func (f *field) describeEmblem(scale float64, s spot) feature {
	var v [partCount + 1]int32
	f.cells(s.x, s.y, (*[partCount]int32)(v[:]))
	out := feature{size: float32(1 / scale)}
	out.x = float32((float64(s.x) + 0.5) / scale)
	out.y = float32((float64(s.y) + 0.5) / scale)
	for g := range out.code {
		var word uint64
		for i, t := range &cellTests[g] {
			diff := v[t.i]
			if t.j >= 0 {
				diff -= v[t.j]
			}
			word |= uint64(uint32(diff)>>31) << (i & 63)
			if i < keyBits {
				out.margin[g][i] = uint8(min(max(diff, -diff)>>4, 255))
			}
		}
		out.code[g] = word
	}
	return out
}

// emblems finds and describes the features of a picture for marks; least is the least determinant of the Hessian that counts.
func emblems(c colour, budget, most int, least int32) ([]feature, []*field, []float64) {
	fields, scales := fieldPyramid(c, most)
	p := pyramid{}
	for i, f := range fields {
		once := f.energy.smooth()
		twice := once.smooth()
		p.levels = append(p.levels, level{scales[i], twice.smooth()})
		once.release()
		twice.release()
	}
	spots := detect(p, budget, emblemBorder, least)
	for _, l := range p.levels {
		l.smooth.release()
	}
	out := make([]feature, len(spots))
	for i, s := range spots {
		out[i] = fields[s.level].describeEmblem(scales[s.level], s)
	}
	return out, fields, scales
}
