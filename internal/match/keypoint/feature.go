package keypoint

import (
	"math"
	"math/bits"
)

// code is a binary descriptor. Its tests are closed under the four symmetries of a patch (identity, mirror
// along the orientation, half turn, both): word g holds the same 64 tests seen under symmetry g. A mirrored
// patch therefore has the same words in another order, and one sampling serves both readings.
type code [4]uint64

const (
	identity = iota
	mirror
	halfTurn
	mirroredTurn
)

func (c code) mirrored() code { return code{c[mirror], c[identity], c[mirroredTurn], c[halfTurn]} }

func (c *code) distance(d *code) int {
	return bits.OnesCount64(c[0]^d[0]) + bits.OnesCount64(c[1]^d[1]) +
		bits.OnesCount64(c[2]^d[2]) + bits.OnesCount64(c[3]^d[3])
}

// feature is a described keypoint. Position and size are in pixels of the picture it was found in.
type feature struct {
	x, y   float32
	size   float32 // picture pixels per descriptor pixel
	angle  float32 // radians
	code   code
	margin [4][keyBits]uint8 // how clear the tests behind the index key were
}

const (
	directions  = 64
	patchRadius = 20
)

func signs(g int) (sx, sy float64) {
	switch g {
	case mirror:
		return 1, -1
	case halfTurn:
		return -1, -1
	case mirroredTurn:
		return -1, 1
	}
	return 1, 1
}

// sampling holds, for every direction and symmetry, the pixel offsets of the tests.
var sampling = turnTests()

type pair struct{ ax, ay, bx, by int8 }

func turnTests() *[directions][4][64]pair {
	var out [directions][4][64]pair
	for d := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(d) / directions)
		for g := range out[d] {
			sx, sy := signs(g)
			turn := func(x, y float64) (int8, int8) {
				x, y = sx*x, sy*y
				return int8(math.Round(cos*x - sin*y)), int8(math.Round(sin*x + cos*y))
			}
			for i, t := range tests {
				p := &out[d][g][i]
				p.ax, p.ay = turn(t[0], t[1])
				p.bx, p.by = turn(t[2], t[3])
			}
		}
	}
	return &out
}

// describeSpot orients a spot by its intensity centroid (Rosin 1999) and runs the tests.
func describeSpot(l *level, s spot) feature {
	f := feature{size: float32(1 / l.scale)}
	f.x = float32((float64(s.x) + 0.5) / l.scale)
	f.y = float32((float64(s.y) + 0.5) / l.scale)
	a := centroidAngle(l.smooth, s.x, s.y)
	f.angle = float32(a)
	d := int(math.Round(a/(2*math.Pi)*directions)+directions) % directions
	w := l.smooth.w
	pix := l.smooth.pix
	at := s.y*w + s.x
	for g := range f.code {
		var word uint64
		for i, p := range &sampling[d][g] {
			diff := int32(pix[at+int(p.ay)*w+int(p.ax)]) - int32(pix[at+int(p.by)*w+int(p.bx)])
			word |= uint64(uint32(diff)>>31) << (i & 63)
			if i < keyBits {
				f.margin[g][i] = uint8(max(diff, -diff))
			}
		}
		f.code[g] = word
	}
	return f
}

// centroidAngle is the direction from the spot to the centre of brightness of a disc around it.
func centroidAngle(p plane, x, y int) float64 {
	mx, my := centroidFast(p, x, y)
	return math.Atan2(float64(my), float64(mx))
}

// centroid sums, over a disc, brightness times its way from the centre.
func centroid(p plane, x, y int) (mx, my int32) {
	for dy := -patchRadius; dy <= patchRadius; dy++ {
		half := discHalf[dy+patchRadius]
		row := p.pix[(y+dy)*p.w+x-half : (y+dy)*p.w+x+half+1]
		sum, mom := 0, 0
		for i, v := range row {
			sum += int(v)
			mom += i * int(v)
		}
		mx += int32(mom - half*sum)
		my += int32(dy * sum)
	}
	return mx, my
}

var discHalf = func() (h [2*patchRadius + 1]int) {
	for i := range h {
		dy := float64(i - patchRadius)
		h[i] = int(math.Sqrt(patchRadius*patchRadius - dy*dy))
	}
	return h
}()
