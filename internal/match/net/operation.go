package net

import "math"

// compute does an operation that is not a convolution; b is the second operand if there is one.
func compute[T cell](m *Model, o *op, a, b, to view[T]) {
	switch o.kind {
	case kindPool:
		greatest(o, a, to)
	case kindMean:
		mean(a, to)
	case kindSum:
		sum(o, &m.slots[o.to], a, b, to)
	case kindJoin:
		join(a, m.slots[o.from].channels, b, m.slots[o.with].channels, to)
	case kindGrow:
		grow(a, to)
	}
}

func greatest[T cell](o *op, a, to view[T]) {
	c := to.C
	high, wide := o.pool[0], o.pool[1]
	if high == 0 {
		high, wide = a.H, a.W
	}
	for y := range to.H {
		out := to.row(y)
		for dy := range high {
			in := a.row(y*high + dy)
			for x := range to.W {
				p := out[x*c : x*c+c]
				for dx := range wide {
					q := in[(x*wide+dx)*c:][:c]
					if dy+dx == 0 {
						copy(p, q)
						continue
					}
					for k, v := range q {
						p[k] = max(p[k], v)
					}
				}
			}
		}
	}
}

// mean rounds to even.
func mean[T cell](a, to view[T]) {
	const few = 16 // channels at a time
	n := float64(a.H * a.W)
	out := to.row(0)
	for k := 0; k < a.C; k += few {
		var sums [few]int
		c := min(few, a.C-k)
		for y := range a.H {
			row := a.row(y)
			for i := k; i < len(row); i += a.C {
				for l, v := range row[i : i+c] {
					sums[l] += int(v)
				}
			}
		}
		for l, s := range sums[:c] {
			out[k+l] = T(math.RoundToEven(float64(s) / n))
		}
	}
}

func sum[T cell](o *op, s *slot, a, b, to view[T]) {
	low, high := -float32(s.most), float32(s.most)
	if s.positive {
		low = 0
	}
	for y := range to.H {
		p, q, out := a.row(y), b.row(y), to.row(y)
		for i := range out {
			v := float32(float32(p[i])*o.mix[0]) + float32(float32(q[i])*o.mix[1])
			out[i] = T(math.RoundToEven(float64(min(max(v, low), high))))
		}
	}
}

// join lays na channels of a before nb of b.
func join[T cell](a view[T], na int, b view[T], nb int, to view[T]) {
	for y := range to.H {
		p, q, out := a.row(y), b.row(y), to.row(y)
		for x := range to.W {
			copy(out[x*to.C:], p[x*a.C:x*a.C+na])
			copy(out[x*to.C+na:], q[x*b.C:x*b.C+nb])
		}
	}
}

// grow makes two rows of each, which are equal.
func grow[T cell](a, to view[T]) {
	c := to.C
	for y := range a.H {
		p, out := a.row(y), to.row(2*y)
		for x := range a.W {
			q := p[x*c : x*c+c]
			copy(out[2*x*c:], q)
			copy(out[(2*x+1)*c:], q)
		}
		copy(to.row(2*y+1), out)
	}
}
