package screening

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var dawn = time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC)

func hit(assets ...string) map[string]bool {
	m := map[string]bool{}
	for _, a := range assets {
		m[a] = true
	}
	return m
}

func TestWhatCountsAsAFlood(t *testing.T) {
	limits := FloodLimits{Window: 100, Fill: 20, Least: 4, Share: 0.1, Sellers: 3}
	for name, c := range map[string]struct {
		looked  int
		matches func(i int) bool
		sellers int
		want    int // thing at which the asset is first over, -1 for never
	}{
		"everything, once the window is filled": {40, func(int) bool { return true }, 9, 19},
		"a share too many":                      {100, func(i int) bool { return i%5 == 0 }, 9, 20},
		"few":                                   {100, func(i int) bool { return i%13 == 0 }, 9, -1},
		"not more than the least":               {38, func(i int) bool { return i < 4 }, 9, -1},
		"one shop":                              {100, func(int) bool { return true }, 2, -1},
		"long ago":                              {250, func(i int) bool { return i < 3 || i > 240 }, 9, -1},
	} {
		t.Run(name, func(t *testing.T) {
			w, first := newWindow(limits), -1
			for i := range c.looked {
				matched := hit("other" + fmt.Sprint(i))
				if c.matches(i) {
					matched = hit("bad")
				}
				over := w.add(fmt.Sprint(i), fmt.Sprint("seller", i%c.sellers), dawn.Add(time.Duration(i)), matched)
				if len(over) > 0 && first < 0 {
					first = i
					if b := over[0]; b.AssetID != "bad" || !b.Since.Equal(dawn) || b.Looked != i+1 || b.Sellers < limits.Sellers {
						t.Errorf("brake %+v", b)
					}
				}
			}
			if first != c.want {
				t.Errorf("over at %d, want %d", first, c.want)
			}
		})
	}
}

func TestTheSameThingCountsOnce(t *testing.T) {
	w := newWindow(FloodLimits{Window: 10, Fill: 1, Least: 1, Share: 0.01, Sellers: 1})
	for range 5 {
		if over := w.add("picture", "s", dawn, hit("a")); len(over) > 0 {
			t.Fatalf("one picture shown often brakes: %+v", over)
		}
	}
	if over := w.add("another", "s", dawn, hit("a")); len(over) != 1 || over[0].Matched != 2 {
		t.Errorf("two pictures: %+v", over)
	}
}

// Counts always say what lies in the window, whatever comes, goes and is
// forgotten.
func TestWindowCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWindow(FloodLimits{Window: rapid.IntRange(1, 8).Draw(rt, "window"), Share: 1})
		for i := range rapid.IntRange(0, 60).Draw(rt, "steps") {
			asset := rapid.SampledFrom([]string{"a", "b", "c"})
			if rapid.IntRange(0, 9).Draw(rt, "what") == 0 {
				w.forget(asset.Draw(rt, "forgotten"), dawn.Add(time.Duration(rapid.IntRange(0, i).Draw(rt, "until"))))
				continue
			}
			w.add(fmt.Sprint(rapid.IntRange(0, 20).Draw(rt, "key")), rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "seller"),
				dawn.Add(time.Duration(i)), hit(rapid.SliceOfN(asset, 0, 3).Draw(rt, "matched")...))
		}
		want := map[string]map[string]int{}
		for _, th := range w.ring {
			if w.ring[w.places[th.key]].key != th.key {
				rt.Fatalf("%s lost its place", th.key)
			}
			for a := range th.matched {
				if want[a] == nil {
					want[a] = map[string]int{}
				}
				want[a][th.seller]++
			}
		}
		if len(w.places) != len(w.ring) || len(w.ring) > w.limits.Window || len(w.assets) != len(want) {
			rt.Fatalf("%d places, %d things, %d of %d assets", len(w.places), len(w.ring), len(w.assets), len(want))
		}
		for a, sellers := range want {
			if fmt.Sprint(w.assets[a].sellers) != fmt.Sprint(sellers) {
				rt.Fatalf("%s: %v, want %v", a, w.assets[a].sellers, sellers)
			}
		}
	})
}
