package wording

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLikeness(t *testing.T) {
	for name, c := range map[string]struct {
		a, b      string
		low, high float64
	}{
		"the same":              {"볼트 무선 충전기 15W", "볼트 무선 충전기 15W", 1, 1},
		"disguised":             {"VOLT wireless charger", "V O L T  wìreless-charger", 1, 1},
		"word order":            {"정품 볼트 무선 충전기", "볼트 무선 충전기 정품", 0.5, 0.95},
		"one word more":         {"手工编织单肩包 米色", "手工编织单肩包 米色 新款", 0.6, 0.95},
		"another thing":         {"손뜨개 가방 베이지", "도자기 커피잔 세트", 0, 0.1},
		"nothing":               {"", "a", 0, 0},
		"shorter than a run":    {"ab", "ab", 1, 1},
		"one letter too little": {"a", "b", 0, 0},
	} {
		if l := Likeness(c.a, c.b); l < c.low || l > c.high {
			t.Errorf("%s: %.2f, want %.2f to %.2f", name, l, c.low, c.high)
		}
	}
}

func TestFingerprint(t *testing.T) {
	same := Fingerprint("Volt Charger", "New, in box")
	if same != Fingerprint("ＶＯＬＴ charger!", "new in  BOX") {
		t.Error("a disguise changes the fingerprint")
	}
	for _, other := range [][]string{{"Volt Charger", "used"}, {"New, in box", "Volt Charger"}, {"Volt Charger New, in box"}} {
		if same == Fingerprint(other...) {
			t.Errorf("%q has the same fingerprint", other)
		}
	}
	if Fingerprint("", " ! ") != "" {
		t.Error("nothing has a fingerprint")
	}
}

func TestSharedLiesInTheText(t *testing.T) {
	title, other := "새상품 볼트 무선 충전기 무료배송", "볼트 무선 충전기 고속"
	spans := Shared(title, other)
	if len(spans) != 1 || !strings.HasPrefix(title[spans[0].Start:spans[0].End], "볼트 무선 충전기") {
		t.Errorf("shared %v", spans)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		end := 0
		for _, s := range Shared(a, b) {
			if s.Start < end || s.End <= s.Start || s.End > len(a) {
				t.Fatalf("span %v of %q after %d", s, a, end)
			}
			end = s.End
		}
		if l := Likeness(a, b); l < 0 || l > 1 || l != Likeness(b, a) {
			t.Fatalf("likeness %v", l)
		}
	})
}

// title draws one of a few shops' titles, so that many are alike.
func title(rng *rand.Rand) string {
	words := []string{"정품", "볼트", "무선", "충전기", "bag", "charger", "手工", "单肩包", "tazza", "ceramica", "새상품", "15W"}
	var b strings.Builder
	for range 2 + rng.IntN(5) {
		b.WriteString(words[rng.IntN(len(words))] + " ")
	}
	return b.String()
}

// The index gives what comparing with every text gives.
func TestIndexAgainstEveryText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		var x Index[int]
		plain := map[int]string{}
		for range rapid.IntRange(1, 4000).Draw(t, "steps") {
			id := rng.IntN(300)
			if rng.IntN(3) == 0 {
				x.Remove(id)
				delete(plain, id)
				continue
			}
			plain[id] = title(rng)
			x.Put(id, plain[id])
		}
		if x.Len() != len(plain) {
			t.Fatalf("%d texts, want %d", x.Len(), len(plain))
		}
		ask := title(rng)
		got := map[int]bool{}
		for _, h := range x.Search(ask, 1, 1000) {
			got[h.ID] = true
		}
		for id, text := range plain {
			if same := Likeness(ask, text) == 1; same != got[id] {
				t.Fatalf("%q beside %q: the same is %v, found %v", text, ask, same, got[id])
			}
		}
		hits := x.Search(ask, 0.3, 5)
		if len(hits) > 5 || !slices.IsSortedFunc(hits, func(a, b Hit[int]) int { return int(1e9 * (b.Likeness - a.Likeness)) }) {
			t.Fatalf("hits %v", hits)
		}
	})
}

func FuzzShingles(f *testing.F) {
	f.Add("볼트 V0LT 单肩包", "x")
	f.Fuzz(func(t *testing.T, a, b string) {
		_ = Fingerprint(a, b)
		for _, s := range Shared(a, b) {
			_ = a[s.Start:s.End]
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			rng := rand.New(rand.NewPCG(1, 2))
			x := new(Index[int])
			for id := range n {
				x.Put(id, fmt.Sprintf("%s %s %05d", title(rng), title(rng), rng.IntN(100_000)))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			for b.Loop() {
				x.Search("정품 볼트 무선 충전기 15W bag 00042", 0.5, 5000)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/text")
		})
	}
}
