package keypoint

// strip8 is strip.texel for n points, a multiple of eight. It reads up to two bytes beyond the last strength and the last
// direction.
//
//go:noescape
func strip8(out *texel, s *strip, n int)

func stripFast(s *strip, out []texel) int {
	n := len(out) &^ 7
	if !vectorised || n == 0 {
		return 0
	}
	strip8(&out[0], s, n)
	return n
}
