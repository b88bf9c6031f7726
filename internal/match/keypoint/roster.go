package keypoint

import (
	"cmp"
	_ "embed"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"unsafe"
)

// roster holds the signatures of all marks of a shelf, in no order: they are so few that looking at every one costs less
// than an index would, and nothing is ever missed.
type roster struct {
	blocks []block
	refs   []uint32 // of every signature the slot of the mark and its backdrop
	usual  []int16  // and its distance from what resembles it by chance
}

// block is eight signatures: their first words, their second words and so on, so that eight are compared at once.
type block [len(signature{})][blockCodes]uint64

const (
	blockCodes = 8
	dropBits   = 1 // of a ref; mostBackdrops
)

func (r *roster) add(slot uint32, on []face) {
	for drop := range on {
		if len(r.refs)%blockCodes == 0 {
			r.blocks = append(r.blocks, block{})
		}
		r.refs = append(r.refs, slot<<dropBits|uint32(drop))
		r.usual = append(r.usual, on[drop].code.usual())
		r.put(len(r.refs)-1, &on[drop].code)
	}
}

func (r *roster) put(i int, s *signature) {
	for w, v := range s {
		r.blocks[i/blockCodes][w][i%blockCodes] = v
	}
}

func (r *roster) get(i int) (s signature) {
	for w := range s {
		s[w] = r.blocks[i/blockCodes][w][i%blockCodes]
	}
	return s
}

// remove lets the last signatures take the places of those of a mark.
func (r *roster) remove(slot uint32) {
	for i := len(r.refs) - 1; i >= 0; i-- {
		if r.refs[i]>>dropBits != slot {
			continue
		}
		last := len(r.refs) - 1
		s := r.get(last)
		r.put(i, &s)
		r.refs[i], r.usual[i] = r.refs[last], r.usual[last]
		r.refs, r.usual = r.refs[:last], r.usual[:last]
		r.blocks = r.blocks[:(last+blockCodes-1)/blockCodes]
	}
}

// distances counts the bits in which the signatures of blocks differ from one.
func (s *signature) distances(blocks []block, out [][blockCodes]uint64) {
	if distancesFast(s, blocks, out) {
		return
	}
	for i := range blocks {
		b := &blocks[i]
		for k := range blockCodes {
			n := 0
			for w := range s {
				n += bits.OnesCount64(s[w] ^ b[w][k])
			}
			out[i][k] = uint64(n)
		}
	}
}

//go:embed ground.sig
var groundFile []byte

// ground holds the signatures of places of ordinary pictures where no mark is, though the finder thought so.
var ground = func() []block {
	out := make([]block, len(groundFile)/int(unsafe.Sizeof(block{})))
	for i := range out {
		for w := range out[i] {
			for k := range blockCodes {
				at := (i*blockCodes+k)*len(signature{}) + w
				out[i][w][k] = binary.LittleEndian.Uint64(groundFile[8*at:])
			}
		}
	}
	return out
}()

// usualShare is the share of ordinary places that resemble a mark more than it is usual.
const usualShare = 0.02

// usualWeight is how much of that distance is held against a mark.
const usualWeight = 0.7

// usual is the distance at which a mark is found by chance: plain shapes resemble much, and must come nearer.
func (s *signature) usual() int16 {
	far := make([][blockCodes]uint64, len(ground))
	s.distances(ground, far)
	var all []uint64
	for i := range far {
		all = append(all, far[i][:]...)
	}
	slices.Sort(all)
	return int16(usualWeight * float64(all[int(usualShare*float64(len(all)))]))
}

// perBox is how many marks are kept of one box.
const perBox = 16

// like is a mark that resembles what lies in a box.
type like struct {
	ref  uint32
	gain int // by how much it is nearer than by chance
	at   box
}

// nearest lists the marks that resemble each box more than by chance, box after box, best first. A part of the signatures is
// compared with all boxes while it lies in the cache.
func (r *roster) nearest(codes []signature, boxes []box) []like {
	best := make([]shortlist, len(codes))
	var part [64][blockCodes]uint64
	for from := 0; from < len(r.blocks); from += len(part) {
		blocks := r.blocks[from:min(from+len(part), len(r.blocks))]
		first, end := from*blockCodes, min((from+len(blocks))*blockCodes, len(r.refs))
		for i := range codes {
			codes[i].distances(blocks, part[:len(blocks)])
			best[i].take(r.refs[first:end], r.usual[first:end], &part)
		}
	}
	var out []like
	for i := range best {
		for _, l := range best[i].all[:best[i].n] {
			l.at = boxes[i]
			out = append(out, l)
		}
	}
	return out
}

// shortlist is what resembles a box most, best first.
type shortlist struct {
	all [perBox]like
	n   int
}

// take offers signatures: whose they are, how far they are by chance, and how far from the box.
func (s *shortlist) take(refs []uint32, usual []int16, far *[64][blockCodes]uint64) {
	least := s.least()
	for i, by := range usual {
		gain := int(by) - int(far[i/blockCodes][i%blockCodes])
		if gain <= least {
			continue
		}
		s.n = min(s.n+1, perBox)
		j := s.n - 1
		for ; j > 0 && s.all[j-1].gain < gain; j-- {
			s.all[j] = s.all[j-1]
		}
		s.all[j] = like{ref: refs[i], gain: gain}
		least = s.least()
	}
}

// least is the gain that must be exceeded to be listed.
func (s *shortlist) least() int {
	if s.n < perBox {
		return -leastGain
	}
	return s.all[perBox-1].gain
}

// leastGain bounds how much farther than by chance a mark may be.
const leastGain = 90

// worth weighs resemblance and how likely the place is to hold any mark.
func (l *like) worth() float64 { return float64(l.gain) + 25*l.at.odds }

// proposed is how many positions the signatures propose.
const proposed = 100

// recognise lists positions in which the boxes of a query may show marks, likeliest first.
func (s *shelf) recognise(q *query) []candidate {
	boxes := q.boxes()
	places := make([]sight, len(boxes))
	for i := range boxes {
		places[i] = sight{boxes[i].window(coderFill), boxes[i].turn}
	}
	all := s.roster.nearest(q.sign(places), boxes)
	slices.SortStableFunc(all, func(a, b like) int { return cmp.Compare(b.worth(), a.worth()) })
	var out []candidate
	for i, l := range all[:min(len(all), proposed)] {
		slot := l.ref >> dropBits
		d := s.assets[slot].d
		for _, turn := range boxTurns {
			out = append(out, candidate{asset: slot, pose: d.template.inBox(&l.at, l.at.turn+turn), prior: worthPrior * l.worth(), place: i + 1})
		}
	}
	return out
}

// worthPrior turns what a signature is worth into a prior: of three values tried the one that left most right marks in the end.
const worthPrior = 0.006

// boxTurns are tried beside a box's own: the framer is off by some degrees, and by more where a mark is as high as wide.
var boxTurns = [...]float64{0, -10 * math.Pi / 180, 10 * math.Pi / 180}

// inBox is the position that lays the mark into a box.
func (t *template) inBox(b *box, turn float64) affine {
	own := t.box()
	return anchored(own.x, own.y, b.x, b.y, math.Sqrt(b.w*b.h/(own.w*own.h)), turn, false)
}

// box is where the mark lies in its own picture.
func (t *template) box() box {
	back := t.pose.inverse()
	x0, y0 := back.apply(templateMargin, templateMargin)
	x1, y1 := back.apply(float64(t.w-templateMargin), float64(t.h-templateMargin))
	return box{x: (x0 + x1) / 2, y: (y0 + y1) / 2, w: x1 - x0, h: y1 - y0}
}

// under is the place that the mark covers in a position, looked at straight.
func (t *template) under(pose *affine) sight {
	own := t.box()
	window := own.window(coderFill)
	return sight{pose.after(&window), pose.rotation()}
}
