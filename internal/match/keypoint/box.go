package keypoint

import (
	"cmp"
	_ "embed"
	"math"
	"slices"
	"sync"

	"assay/internal/match/net"
)

// The finder is a small network, trained on drawn pictures (training/marks), that says where something like a mark may
// lie: it knows what marks look like, not which ones there are. It looks at edges, so colours mean nothing to it.

//go:embed finder.net
var finderFile []byte

var finder = mustRead(finderFile)

const (
	finderStep  = 4    // pixels of a level from one answer to the next
	finderUsual = 28   // side of a usual box, in pixels of its level
	finderTurn  = 0.35 // radians, the unit of turns
	finderFloor = -5   // logarithm of the odds under which a place is not looked at further
	firstBoxes  = 20   // the framer looks at
	mostBoxes   = 16   // the coder looks at
	mostOverlap = 0.6  // of two boxes, common area to joint area
	mostStretch = 12   // width to height and the other way
)

// finderLevels are the levels of the field looked at: between them marks of 20 to 400 pixels are seen at a usual size.
var finderLevels = [...]int{3, 5, 8, 10}

// box is a place where a mark may lie: its middle and its sides before any turn, in pixels of the query.
type box struct {
	x, y, w, h float64
	turn       float64 // radians
	odds       float64 // logarithm
}

// boxes lists the likeliest boxes, best first, of several in one place only the best.
func (q *query) boxes() []box {
	var all []box
	for _, lv := range finderLevels {
		if lv < len(q.fields) {
			all = q.fields[lv].boxes(q.scales[lv], all)
		}
	}
	all = likeliest(all, firstBoxes)
	q.settle(all)
	return likeliest(all, mostBoxes)
}

// likeliest keeps the best boxes, of several in one place only the best.
func likeliest(all []box, most int) []box {
	slices.SortFunc(all, func(a, b box) int {
		return cmp.Or(cmp.Compare(b.odds, a.odds), cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
	})
	var out []box
	for _, b := range all {
		if !slices.ContainsFunc(out, func(o box) bool { return b.overlap(&o) > mostOverlap }) {
			if out = append(out, b); len(out) == most {
				break
			}
		}
	}
	return out
}

// finderPictures are kept, as they are large.
var finderPictures sync.Pool

// boxes adds what the finder sees at one scale.
func (f *field) boxes(scale float64, out []box) []box {
	const pad = 2 * finderStep
	kept, _ := finderPictures.Get().(*net.Map)
	in := finder.Resize(kept, (f.h+pad-1)/pad*pad, (f.w+pad-1)/pad*pad)
	defer finderPictures.Put(in)
	vs := f.vectors()
	for y := range in.H {
		row := in.Row(y)
		if y >= f.h {
			clear(row)
			continue
		}
		energy := f.energy.row(y)
		for x, v := range vs[y*f.w : (y+1)*f.w] {
			p := row[x*in.C : x*in.C+4 : x*in.C+4]
			p[0], p[1], p[2], p[3] = int16(energy[x]/2), int16(v.x), int16(v.y), 0
		}
		clear(row[f.w*in.C:])
	}
	must(finder.Run(in, func(m *net.Map) { out = peaks(m, finderStep/scale, finderUsual/scale, out) }))
	return out
}

// peaks adds the places that are likelier than their eight neighbours.
func peaks(m *net.Map, step, usual float64, out []box) []box {
	unit := float64(finder.OutUnit())
	for y := range m.H {
		for x := range m.W {
			odds := float64(m.Pixel(y, x)[0]) * unit
			if odds < finderFloor || !highest(m, y, x) {
				continue
			}
			v := around(m, y, x, unit)
			b := box{x: v[1] * step, y: v[2] * step, w: math.Exp(v[3]) * usual, h: math.Exp(v[4]) * usual, turn: v[5] * finderTurn, odds: odds}
			if b.w < mostStretch*b.h && b.h < mostStretch*b.w {
				out = append(out, b)
			}
		}
	}
	return out
}

// finderParts is how many numbers the finder says of a place.
const finderParts = 6

// around averages what a place and its neighbours say of the mark between them, as each was trained to tell; those that see
// less of it count less. On our test scenes this was worth neither more nor less than the place's own word.
func around(m *net.Map, y, x int, unit float64) (v [finderParts]float64) {
	total := 0.0
	for j := max(y-1, 0); j < min(y+2, m.H); j++ {
		for i := max(x-1, 0); i < min(x+2, m.W); i++ {
			p := m.Pixel(j, i)
			weight := 1 / (1 + math.Exp(-float64(p[0])*unit))
			total += weight
			for k := range v {
				v[k] += weight * float64(p[k]) * unit
			}
			v[1] += weight * (float64(i) + 0.5)
			v[2] += weight * (float64(j) + 0.5)
		}
	}
	for k := range v {
		v[k] /= total
	}
	return v
}

// highest says that no neighbour is likelier; of equals the first counts.
func highest(m *net.Map, y, x int) bool {
	v := m.Pixel(y, x)[0]
	for j := max(y-1, 0); j < min(y+2, m.H); j++ {
		for i := max(x-1, 0); i < min(x+2, m.W); i++ {
			if o := m.Pixel(j, i)[0]; o > v || o == v && (j < y || j == y && i < x) {
				return false
			}
		}
	}
	return true
}

// overlap is common area to joint area.
func (b *box) overlap(o *box) float64 {
	w := min(b.x+b.w/2, o.x+o.w/2) - max(b.x-b.w/2, o.x-o.w/2)
	h := min(b.y+b.h/2, o.y+o.h/2) - max(b.y-b.h/2, o.y-o.h/2)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b.w*b.h + o.w*o.h - w*h)
}
