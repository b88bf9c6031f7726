package lexicon

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func asText(s []uint16) []symbol {
	out := make([]symbol, len(s))
	for i, v := range s {
		out[i] = symbol{uint32(i), v, flagFirst | flagLast}
	}
	return out
}

// The machine must report exactly the occurrences that naive search reports.
func TestAutomatonAgreesWithNaiveSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few letters for long overlaps, many for letters without pairs.
		most := rapid.SampledFrom([]uint16{'b', 'd', 'a' + 300}).Draw(t, "letters")
		word := rapid.SliceOfN(rapid.Uint16Range('a', most), 0, 9)
		patterns := rapid.SliceOfN(word, 0, 60).Draw(t, "patterns")
		text := slices.Concat(rapid.SliceOfN(rapid.SampledFrom(append(patterns, []uint16{most + 1})), 0, 20).Draw(t, "pieces")...)
		text = append(text, rapid.SliceOfN(rapid.Uint16Range('a', most+1), 0, 60).Draw(t, "text")...)
		var got, want []string
		a, err := newAutomaton(patterns, func(s uint16) uint16 { return s })
		if err != nil {
			t.Fatal(err)
		}
		last, length := -1, 0
		a.find(asText(text), func(p int32, end int) {
			got = append(got, fmt.Sprint(p, end))
			if n := len(patterns[p]); end < last || end == last && n > length {
				t.Fatalf("%v of %v at %d after %d", patterns[p], patterns, end, last)
			}
			last, length = end, len(patterns[p])
		})
		for end := range text {
			for p, w := range patterns {
				if n := len(w); n > 0 && n <= end+1 && slices.Equal(w, text[end+1-n:end+1]) {
					want = append(want, fmt.Sprint(p, end))
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
