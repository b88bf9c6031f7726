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
		word := rapid.SliceOfN(rapid.Uint16Range('a', 'd'), 0, 6)
		patterns := rapid.SliceOfN(word, 0, 40).Draw(t, "patterns")
		text := rapid.SliceOfN(rapid.Uint16Range('a', 'e'), 0, 80).Draw(t, "text")
		var got, want []string
		newAutomaton(patterns, func(s uint16) uint16 { return s }).find(asText(text), func(p int32, end int) {
			got = append(got, fmt.Sprint(p, end))
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
