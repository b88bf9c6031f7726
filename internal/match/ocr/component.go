package ocr

// run is a stretch of ink in one row.
type run struct {
	y, x0, x1 int32 // x1 is behind the last pixel
	of        int32 // its component
}

// component is a connected piece of ink: a letter, or part of one.
type component struct {
	x0, y0, x1, y1 int32
	area           int32
	grey, contrast float32 // means over its pixels
	first, count   int32   // its runs in the labeller's order
}

func (c *component) side() float32 { return float32(max(c.x1-c.x0, c.y1-c.y0)) }

// labeller finds the 8-connected components of one polarity of an ink map by
// joining runs (union-find). Its memory is reused.
type labeller struct {
	runs   []run
	parent []int32
	rows   []int32 // first run of each row
	comps  []component
	order  []int32 // runs by component
	sums   []int64
}

// maxRuns bounds what a picture of noise may cost, in runs per map.
const maxRuns = 1 << 20

func (l *labeller) root(i int32) int32 {
	for l.parent[i] != i {
		l.parent[i] = l.parent[l.parent[i]]
		i = l.parent[i]
	}
	return i
}

// label finds the components of m, of p's pixels; dark chooses the polarity.
func (l *labeller) label(m *inkMap, p plane, dark bool) {
	l.scan(m, dark)
	l.collect(m, p)
	l.sort()
}

// scan cuts rows into runs and joins those that touch.
func (l *labeller) scan(m *inkMap, dark bool) {
	l.runs, l.parent = l.runs[:0], l.parent[:0]
	l.rows = resized(l.rows, m.h+1)
	for y := range m.h {
		start := len(l.runs)
		l.rows[y] = int32(start)
		if start < maxRuns {
			l.cut(m.diff[y*m.w:][:m.w], int32(y), dark)
		}
		if y > 0 {
			l.join(int(l.rows[y-1]), start)
		}
	}
	l.rows[m.h] = int32(len(l.runs))
}

func (l *labeller) cut(row []int16, y int32, dark bool) {
	for x := 0; x < len(row); x++ {
		if v := row[x]; v == 0 || v > 0 != dark {
			continue
		}
		from := x
		for x < len(row) && row[x] != 0 && row[x] > 0 == dark {
			x++
		}
		l.parent = append(l.parent, int32(len(l.runs)))
		l.runs = append(l.runs, run{y: y, x0: int32(from), x1: int32(x)})
	}
}

func (l *labeller) join(above, here int) {
	j := above
	for i := here; i < len(l.runs); i++ {
		for j < here && l.runs[j].x1 < l.runs[i].x0 {
			j++
		}
		for k := j; k < here && l.runs[k].x0 <= l.runs[i].x1; k++ {
			a, b := l.root(int32(i)), l.root(int32(k))
			l.parent[max(a, b)] = min(a, b)
		}
	}
}

// collect measures the components.
func (l *labeller) collect(m *inkMap, p plane) {
	l.comps, l.sums = l.comps[:0], l.sums[:0]
	for i := range l.runs {
		r := &l.runs[i]
		if root := l.root(int32(i)); root == int32(i) {
			r.of = int32(len(l.comps))
			l.comps = append(l.comps, component{x0: r.x0, x1: r.x1, y0: r.y, y1: r.y + 1})
			l.sums = append(l.sums, 0, 0)
		} else {
			r.of = l.runs[root].of
		}
		c := &l.comps[r.of]
		c.x0, c.x1, c.y1 = min(c.x0, r.x0), max(c.x1, r.x1), r.y+1
		c.area += r.x1 - r.x0
		c.count++
		at := int(r.y) * m.w
		var grey, diff int64
		for x := at + int(r.x0); x < at+int(r.x1); x++ {
			grey += int64(p.pix[x])
			diff += int64(m.diff[x])
		}
		l.sums[2*r.of] += grey
		l.sums[2*r.of+1] += diff
	}
	for i := range l.comps {
		c := &l.comps[i]
		c.grey = float32(l.sums[2*i]) / float32(c.area)
		c.contrast = max(float32(l.sums[2*i+1]), -float32(l.sums[2*i+1])) / float32(c.area)
	}
}

// sort puts the runs of each component together.
func (l *labeller) sort() {
	at := int32(0)
	for i := range l.comps {
		l.comps[i].first = at
		at += l.comps[i].count
		l.comps[i].count = 0
	}
	l.order = resized(l.order, len(l.runs))
	for i := range l.runs {
		c := &l.comps[l.runs[i].of]
		l.order[c.first+c.count] = int32(i)
		c.count++
	}
}

// runsOf calls do with each run of a component.
func (l *labeller) runsOf(c *component, do func(r run)) {
	for _, i := range l.order[c.first : c.first+c.count] {
		do(l.runs[i])
	}
}
