package net

import "unsafe"

// Map is a picture of activations: H rows of W pixels of C channels, with a rim of zeros around them. Pictures and results
// hold words of 16 bits; what lies between may hold bytes, and has no rows for others then.
type Map struct {
	H, W, C int
	rim     int
	small   bool
	words   []int16
	bytes   []uint8 // instead of words where small
}

// cell is what a map holds.
type cell interface{ uint8 | int16 }

func newMap(h, w int, s *slot) *Map {
	m := &Map{C: s.filled, rim: s.rim, small: s.small}
	m.resize(h, w)
	return m
}

// resize changes the size, in the same memory where that is enough. The rim is empty then; what lies within is whatever
// lay there.
func (m *Map) resize(h, w int) {
	m.H, m.W = h, w
	if m.small {
		m.bytes = bordered(m, m.bytes)
	} else {
		m.words = bordered(m, m.words)
	}
}

// bordered is memory for the whole of m with nothing in its rim.
func bordered[T cell](m *Map, all []T) []T {
	n := (m.H + 2*m.rim) * m.stride()
	if n > cap(all) {
		return make([]T, n)
	}
	all = all[:n]
	if m.rim == 0 {
		return all
	}
	clear(all[:m.at(0, 0)])
	for y := range m.H - 1 { // the right rim of a row and the left one of the next
		clear(all[m.at(y, m.W):m.at(y+1, 0)])
	}
	clear(all[m.at(m.H-1, m.W):])
	return all
}

// size is how many bytes a value takes.
func (m *Map) size() uintptr {
	if m.small {
		return 1
	}
	return 2
}

// stride is the number of values from one row to the next.
func (m *Map) stride() int { return (m.W + 2*m.rim) * m.C }

// at is the place of a pixel's first channel; coordinates may reach into the rim.
func (m *Map) at(y, x int) int { return (y+m.rim)*m.stride() + (x+m.rim)*m.C }

// address is where the value at a place lies.
func (m *Map) address(at int) unsafe.Pointer {
	if m.small {
		return unsafe.Pointer(&m.bytes[at])
	}
	return unsafe.Pointer(&m.words[at])
}

// Row is one row of W pixels of C channels; writing to it changes the map.
func (m *Map) Row(y int) []int16 { return view[int16]{m, m.words}.row(y) }

// Pixel is one pixel's C channels; writing to it changes the map.
func (m *Map) Pixel(y, x int) []int16 {
	i := m.at(y, x)
	return m.words[i : i+m.C : i+m.C]
}

// view is a map and its values, whichever they are.
type view[T cell] struct {
	*Map
	all []T
}

func (v view[T]) row(y int) []T {
	i := v.at(y, 0)
	return v.all[i : i+v.W*v.C : i+v.W*v.C]
}
