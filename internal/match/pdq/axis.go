package pdq

// axis is a sliding window along one side of the picture. At position i it
// covers [i-behind, i+ahead], cut to [0, n).
type axis struct {
	n, ahead, behind int
	count            [maxSide]float32 // samples inside the window at each position
}

func newAxis(n int) axis {
	window := (n + 2*side - 1) / (2 * side)
	half := (window + 2) / 2
	a := axis{n: n, ahead: half - 1, behind: window - half}
	for i := range n {
		a.count[i] = float32(min(i+a.ahead, n-1) - max(i-a.behind, 0) + 1)
	}
	return a
}

// slide replaces the values in each lane by their window sums, in place. The
// sums gain a value before they lose one, and are never formed afresh.
func (a *axis) slide(lane *[lanes][maxSide]float32) {
	// A position is overwritten before it leaves the window; the last few
	// values stay in a ring.
	var ring [lanes][4]float32
	var s0, s1, s2, s3 float32
	l0, l1, l2, l3 := &lane[0], &lane[1], &lane[2], &lane[3]
	for i := range a.ahead {
		s0, s1, s2, s3 = s0+l0[i], s1+l1[i], s2+l2[i], s3+l3[i]
	}
	for i := range a.n {
		if in := i + a.ahead; in < a.n {
			s0, s1, s2, s3 = s0+l0[in], s1+l1[in], s2+l2[in], s3+l3[in]
		}
		if out := i - a.behind - 1; out >= 0 {
			k := out & 3
			s0, s1, s2, s3 = s0-ring[0][k], s1-ring[1][k], s2-ring[2][k], s3-ring[3][k]
		}
		k := i & 3
		ring[0][k], ring[1][k], ring[2][k], ring[3][k] = l0[i], l1[i], l2[i], l3[i]
		l0[i], l1[i], l2[i], l3[i] = s0, s1, s2, s3
	}
}

// mean writes the window means for the window sums.
func (a *axis) mean(dst, sum []float32) {
	inner := a.count[a.n/2] // full windows; the few at the ends are divided again
	divideRow(dst, sum, inner)
	for i := range a.behind {
		dst[i] = sum[i] / a.count[i]
	}
	for i := a.n - a.ahead; i < a.n; i++ {
		dst[i] = sum[i] / a.count[i]
	}
}

func addRow(sum, row []float32) {
	for i, v := range row {
		sum[i] += v
	}
}

func subtractRow(sum, row []float32) {
	for i, v := range row {
		sum[i] -= v
	}
}

// divideRow writes sum/count. Multiplying by the inverse of a power of two is
// exact, and the common window of a full-sized picture is four wide.
func divideRow(dst, sum []float32, count float32) {
	if n := int(count); n&(n-1) == 0 {
		inverse := 1 / count
		for i, v := range sum {
			dst[i] = v * inverse
		}
		return
	}
	for i, v := range sum {
		dst[i] = v / count
	}
}
