package ocr

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSpotsForgiveTheNetwork(t *testing.T) {
	p, l := someSentences(), theNetwork(t).labels
	for text, want := range map[string]string{
		"한빛솔 공식 인증 판매점":                      "ko1",
		"한빛?빚솔 공식 인증?중 판매점":                  "ko1", // in doubt, and the likelier reading is the wrong one
		"한빛솔공식인증판매점":                         "ko1",
		"오늘만 특가 가온담 공식 인증 판매점 입니다":           "ko2",
		"마루빛 공식 인증 판매점":                      "", // another brand in the same sentence
		"공식 인증 판매점":                          "",
		"한빛솔이 직접 수입했어요!":                     "ko3",
		"오직 마루빛에서만 만나요":                      "",
		"정품 보장":                              "ko4",
		"海韵堂官方授权正品":                          "zh1",
		"海韵堂官?宫方授权正品":                        "zh1",
		"南山居官方授权正品":                          "",
		"AUTHENTIC NORVIK GUARANTEE since 1": "en1",
		"Authentic Kestrel Guarantee":        "",
		"무료배송 오늘 출발":                         "",
	} {
		hits, _, _ := p.spot(saying(t, text), l)
		switch {
		case want == "" && len(hits) > 0:
			t.Errorf("%q is read as %+v", text, hits)
		case want != "" && (len(hits) != 1 || hits[0].ID != want):
			t.Errorf("%q is read as %+v, want %s", text, hits, want)
		}
	}
}

func TestSpotSpan(t *testing.T) {
	l := theNetwork(t).labels
	trace := saying(t, "지금 한빛솔 공식 인증 판매점, 어서")
	letters, _ := trace.letters(l)
	hits, from, to := someSentences().spot(trace, l)
	if len(hits) != 1 || textOf(letters)[hits[0].Start:hits[0].End] != "한빛솔 공식 인증 판매점" || hits[0].Similarity < 0.99 {
		t.Fatalf("%+v", hits)
	}
	if from < 10 || to > len(trace.frames)-10 {
		t.Errorf("frames %d to %d of %d", from, to, len(trace.frames))
	}
}

// The cheapest way through a trace is what trying all ways finds.
func TestSpotIsCheapest(t *testing.T) {
	l := theNetwork(t).labels
	rapid.Check(t, func(t *rapid.T) {
		syms := []rune(rapid.StringOfN(rapid.SampledFrom([]rune("abc")), 1, 4, -1).Draw(t, "sentence"))
		frames := make([]moment, rapid.IntRange(1, 7).Draw(t, "frames"))
		for i := range frames {
			for _, r := range "\x00abc" {
				c := choice{blank, uint8(rapid.IntRange(0, 60).Draw(t, "cost"))}
				if r > 0 {
					c.label = l.of[r][0]
				}
				frames[i].choices = append(frames[i].choices, c)
			}
		}
		trace := &Trace{frames}
		s := sentence{syms: syms, words: []int{0}}
		got, ok := s.spot(trace, l)
		want := cheapestWay(trace, l, syms, 0, 0, false)
		for from := 1; from < len(frames); from++ {
			want = min(want, cheapestWay(trace, l, syms, from, 0, false))
		}
		if ok != (want < math.MaxInt32) {
			t.Fatalf("found %v, want %d", ok, want)
		}
		if !ok {
			return
		}
		if math.Abs(got.penalty*nat*float64(len(syms))-float64(want)) > 1e-6 || math.Abs(total(got.costs)*nat-float64(want)) > 1e-6 {
			t.Fatalf("%v, want %d", got, want)
		}
	})
}

// cheapestWay is the least cost of the rest of the symbols from a frame on;
// inside says that the symbol before has begun.
func cheapestWay(t *Trace, l *labels, syms []rune, at, done int, inside bool) int {
	const never = math.MaxInt32
	if done == len(syms) && inside {
		return 0
	}
	if at == len(t.frames) {
		return never
	}
	cost := func(want label) int {
		for _, c := range t.frames[at].choices {
			if c.label == want {
				return int(c.cost)
			}
		}
		return never
	}
	plus := func(a, b int) int {
		if a == never || b == never {
			return never
		}
		return a + b
	}
	best := never
	if done < len(syms) && (!inside || done == 0 || syms[done] != syms[done-1]) { // the next symbol begins
		best = min(best, plus(cost(l.of[syms[done]][0]), cheapestWay(t, l, syms, at+1, done+1, true)))
	}
	if done > 0 && inside { // the symbol goes on
		best = min(best, plus(cost(l.of[syms[done-1]][0]), cheapestWay(t, l, syms, at+1, done, true)))
	}
	if done > 0 && done < len(syms) { // a gap
		best = min(best, plus(cost(blank), cheapestWay(t, l, syms, at+1, done, false)))
	}
	return best
}

// A dash for 一 and a plus for 十 are what the network says of small letters.
func TestSpotsTwinsOfHanzi(t *testing.T) {
	p, l := NewPhrases(), theNetwork(t).labels
	p.Add("zh9", "南山居假一赔十承诺")
	for text, want := range map[string]int{"南山居假-赔+承诺": 1, "南山居假ー赔十承诺": 1, "南山居假!赔!承诺": 0} {
		if hits, _, _ := p.spot(saying(t, text), l); len(hits) != want {
			t.Errorf("%q is read as %+v", text, hits)
		}
	}
}
