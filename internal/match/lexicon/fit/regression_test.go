package main

import (
	"testing"

	"assay/internal/match/lexicon"
)

// rowsOf makes rows with one finding whose feature is 1.
func rowsOf(n int, infringes bool, feature string) (out []row) {
	for range n {
		out = append(out, row{brand: "b", infringes: infringes, slopes: []lexicon.Slope{{BrandID: "b", Features: map[string]float64{"start": 1, feature: 1}}}})
	}
	return out
}

// Weights follow the rows, but for what the prior holds and the signs forbid.
func TestFitFollowsTheRows(t *testing.T) {
	var rows []row
	for _, r := range [][]row{
		rowsOf(90, true, "pro"), rowsOf(10, false, "pro"), // 9 to 1
		rowsOf(10, true, "excuse"), rowsOf(90, false, "excuse"),
		rowsOf(50, true, "twisted"), // speaks for, though held to be an excuse
	} {
		rows = append(rows, r...)
	}
	from := weights{"start": -0.1, "pro": 0.5, "excuse": -0.5, "twisted": -1, "unseen": 2}
	loose, tight := fit(rows, from, 0.01), fit(rows, from, 1e4)
	if got := sigmoid(loose["start"] + loose["pro"]); got < 0.8 || got > 0.95 {
		t.Errorf("nine of ten infringe, and %.2f is fitted", got)
	}
	if got := sigmoid(loose["start"] + loose["excuse"]); got > 0.2 {
		t.Errorf("one of ten infringes, and %.2f is fitted", got)
	}
	if loose["twisted"] != 0 || loose["unseen"] != 2 {
		t.Errorf("twisted %v, unseen %v", loose["twisted"], loose["unseen"])
	}
	for n, v := range tight {
		if d := v - from[n]; d > 0.01 || d < -0.01 {
			t.Errorf("a strong prior let %s go from %v to %v", n, from[n], v)
		}
	}
}

func TestLicensedFindingsTeachNothing(t *testing.T) {
	rows := rowsOf(3, false, "pro")
	rows[0].slopes[0].Licensed = true
	if n := len(examples(rows)); n != 2 {
		t.Errorf("%d examples, want 2", n)
	}
	if v := judgeAll(rows, func(row) weights { return weights{"start": 3} }); v[0].flagged || !v[1].flagged {
		t.Errorf("judged %+v", v)
	}
}
