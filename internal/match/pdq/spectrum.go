package pdq

import (
	"image"
	"math"
)

// blocks is the side of the block of low frequencies that makes the hash.
const blocks = 16

// Spectrum is what a picture looks like to PDQ: its 16x16 lowest frequencies
// without the constant one. All eight orientations are read from one spectrum.
type Spectrum struct {
	coef    [blocks * blocks]float32 // row-major, vertical frequency first
	Quality int                      // 0 (flat) to 100
}

// The eight orientations of a picture, indices of what Dihedral returns.
// Rotations are counterclockwise. FlipX changes top and bottom, FlipY left and
// right (the mirror), FlipPlus1 is the transposition that keeps the upper left
// corner and FlipMinus1 the one that keeps the upper right.
const (
	Original = iota
	Rotate90
	Rotate180
	Rotate270
	FlipX
	FlipY
	FlipPlus1
	FlipMinus1
)

// Compute returns the hash of img and its quality. Transparent pixels count as
// lying on white, which is how shop pages show them. A picture with a side
// under five pixels has the zero hash and quality 0, as in the reference.
func Compute(img *image.NRGBA) (Hash, int) {
	s := Analyse(img)
	return s.Hash(), s.Quality
}

// Dihedral returns the hashes of img in its eight orientations, the picture as
// it is first.
func Dihedral(img *image.NRGBA) [8]Hash {
	s := Analyse(img)
	return s.Dihedral()
}

// Hash returns one bit per frequency: whether it is above the median one.
func (s *Spectrum) Hash() Hash { return threshold(&s.coef) }

// Dihedral returns the hashes of the eight orientations, see Original ff.
func (s *Spectrum) Dihedral() [8]Hash {
	var out [8]Hash
	for o := range out {
		turned := s.turn(o)
		out[o] = threshold(&turned)
	}
	return out
}

// turn moves the spectrum to that of the picture in orientation o: mirroring
// an axis changes the sign of its odd cosines, which are rows or columns of
// even index because the constant one is left out.
func (s *Spectrum) turn(o int) [blocks * blocks]float32 {
	var out [blocks * blocks]float32
	for i := range blocks {
		for j := range blocks {
			v := s.coef[i*blocks+j]
			rowOdd, colOdd := i&1 == 0, j&1 == 0
			transpose, negate := false, false
			switch o {
			case Rotate90:
				transpose, negate = true, colOdd
			case Rotate180:
				negate = rowOdd != colOdd
			case Rotate270:
				transpose, negate = true, rowOdd
			case FlipX:
				negate = rowOdd
			case FlipY:
				negate = colOdd
			case FlipPlus1:
				transpose = true
			case FlipMinus1:
				transpose, negate = true, rowOdd != colOdd
			}
			if negate {
				v = -v
			}
			if transpose {
				out[j*blocks+i] = v
			} else {
				out[i*blocks+j] = v
			}
		}
	}
	return out
}

func threshold(coef *[blocks * blocks]float32) Hash {
	median := torben(coef[:])
	var h Hash
	for k, v := range coef {
		if v > median {
			h[k>>6] |= 1 << (k & 63)
		}
	}
	return h
}

// torben returns the lower median of values without reordering them, by
// Torben Mogensen's bisection. The reference's choice among equal candidates
// decides bits, so the search follows it step by step.
func torben(values []float32) float32 {
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	half := (len(values) + 1) / 2
	for {
		guess := (low + high) / 2
		less, greater := 0, 0
		below, above := low, high
		for _, v := range values {
			if v < guess {
				less++
				below = max(below, v)
			} else if v > guess {
				greater++
				above = min(above, v)
			}
		}
		switch {
		case less > half:
			high = below
		case greater > half:
			low = above
		case less >= half:
			return below
		case len(values)-greater >= half:
			return guess
		default:
			return above
		}
	}
}

// cosines is the 16x64 part of the cosine transform matrix that PDQ uses.
var cosines = func() (m [blocks][side]float32) {
	scale := float64(float32(math.Sqrt(2.0 / side)))
	for i := range m {
		for j := range m[i] {
			m[i][j] = float32(scale * math.Cos((math.Pi/2/side)*float64(i+1)*float64(2*j+1)))
		}
	}
	return m
}()

// transform computes cosines * small * cosines^T. Every sum runs over its
// index in rising order and every product is rounded before it is added
// (float32 conversion forbids fused multiply-add), as in the reference.
func transform(small *[side][side]float32, out *[blocks * blocks]float32) {
	for i := range blocks {
		var row [side]float32
		for k := range side {
			c := cosines[i][k]
			for j, v := range &small[k] {
				row[j] += float32(c * v)
			}
		}
		for j := range blocks {
			var sum float32
			for k, v := range &row {
				sum += float32(v * cosines[j][k])
			}
			out[i*blocks+j] = sum
		}
	}
}

// quality is the reference's measure of how much there is to see: the sum of
// coarsely rounded steps between neighbours of the reduced picture.
func quality(small *[side][side]float32) int {
	step := func(u, v float32) int {
		d := int(float32((u-v)*100) / 255)
		return max(d, -d)
	}
	sum := 0
	for i := range side {
		for j := range side {
			if i+1 < side {
				sum += step(small[i][j], small[i+1][j])
			}
			if j+1 < side {
				sum += step(small[i][j], small[i][j+1])
			}
		}
	}
	return min(sum/90, 100)
}
