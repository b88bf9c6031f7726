package net

// Map is a picture of activations: H rows of W pixels of C channels, with a rim of zeros around them.
type Map struct {
	H, W, C int
	rim     int
	all     []int16
}

func newMap(h, w, c, rim int) *Map {
	return &Map{h, w, c, rim, make([]int16, (h+2*rim)*(w+2*rim)*c)}
}

// resize changes the size, in the same memory where that is enough. The rim is empty then; what lies within is whatever
// lay there.
func (m *Map) resize(h, w int) {
	n := (h + 2*m.rim) * (w + 2*m.rim) * m.C
	if n > cap(m.all) {
		m.all = make([]int16, n)
	}
	m.H, m.W, m.all = h, w, m.all[:n]
	if m.rim == 0 {
		return
	}
	clear(m.all[:m.at(0, 0)])
	for y := range h - 1 { // the right rim of a row and the left one of the next
		clear(m.all[m.at(y, w):m.at(y+1, 0)])
	}
	clear(m.all[m.at(h-1, w):])
}

// stride is the number of values from one row to the next.
func (m *Map) stride() int { return (m.W + 2*m.rim) * m.C }

// at is the place of a pixel's first channel; coordinates may reach into the rim.
func (m *Map) at(y, x int) int { return (y+m.rim)*m.stride() + (x+m.rim)*m.C }

// Row is one row of W pixels of C channels; writing to it changes the map.
func (m *Map) Row(y int) []int16 {
	i := m.at(y, 0)
	return m.all[i : i+m.W*m.C : i+m.W*m.C]
}

// Pixel is one pixel's C channels; writing to it changes the map.
func (m *Map) Pixel(y, x int) []int16 {
	i := m.at(y, x)
	return m.all[i : i+m.C : i+m.C]
}
