package keypoint

import (
	"math"

	"assay/internal/match/net"
)

// A place is looked at through a window of so many points. Networks that do so have two parts: the first sees one window and
// makes it eight times smaller each way, the second sees what the first says of many windows side by side.
const (
	windowWide = 96
	windowHigh = 48
	bodyWide   = windowWide / 8
	bodyHigh   = windowHigh / 8
)

// sight is a place to be looked at: where the points of its window lie in the query, and by how much what is expected
// there is turned.
type sight struct {
	window affine
	turned float64
}

// watch looks at places of the query, each at the scale that shows it at the size of the window, and tells what the network
// says of each.
func (q *query) watch(body, head *net.Model, places []sight, tell func(i int, said []int16)) {
	if len(places) == 0 {
		return
	}
	in, all := body.Picture(windowHigh, windowWide), head.Picture(bodyHigh, bodyWide*len(places))
	for i := range places {
		r, energy := q.sight(&places[i])
		r.look(energy, in)
		must(body.Run(in, func(m *net.Map) {
			for y := range bodyHigh {
				copy(all.Row(y)[i*bodyWide*m.C:], m.Row(y))
			}
		}))
	}
	must(head.Run(all, func(m *net.Map) {
		for i := range places {
			tell(i, m.Pixel(0, i))
		}
	}))
}

// look fills a window; the reader leads from its points to the field.
func (r *reader) look(energy *plane, in *net.Map) {
	var points [windowWide]texel
	for y := range windowHigh {
		r.read(energy, y, points[:])
		row := in.Row(y)
		for x, p := range points {
			to := row[x*in.C : x*in.C+3 : x*in.C+3]
			to[0], to[1], to[2] = int16(p.strength()), int16(p.x()), int16(p.y())
		}
	}
}

// must holds that the pictures were made for their network.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// sight is the reader of a place.
func (q *query) sight(p *sight) (reader, *plane) {
	best := 0
	for i, s := range q.scales {
		if s*p.window.scale() >= 0.89 {
			best = i
		}
	}
	f := fitting{q: q}
	r := f.read(&p.window, best)
	sin, cos := math.Sincos(-2 * p.turned)
	r.sin, r.cos = float32(sin), float32(cos)
	return r, &q.fields[best].energy
}

// window is the map from the points of a window to a box, with its turn; the box fills a share of it each way.
func (b *box) window(fill float64) affine {
	sin, cos := math.Sincos(b.turn)
	sx, sy := b.w/(windowWide*fill), b.h/(windowHigh*fill)
	t := affine{a: cos * sx, b: -sin * sy, d: sin * sx, e: cos * sy}
	t.c = b.x - t.a*windowWide/2 - t.b*windowHigh/2
	t.f = b.y - t.d*windowWide/2 - t.e*windowHigh/2
	return t
}
