package ocr

import (
	"fmt"
	"math"
)

// share counts how often something came out right.
type share struct{ n, right int }

func (s *share) count(right bool) {
	s.n++
	if right {
		s.right++
	}
}

// String is the share with its 95 % interval (Wilson 1927).
func (s *share) String() string {
	const z = 1.96
	n, p := float64(s.n), float64(s.right)/float64(s.n)
	middle := (p + z*z/2/n) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/4/n/n)
	return fmt.Sprintf("%3d of %3d  %.3f [%.3f, %.3f]", s.right, s.n, p, middle-half, middle+half)
}
