package ocr

import (
	_ "embed"
	"strings"
	"sync"
)

// lookalikes says which Hanzi look alike; gen/main.go makes it from fonts.
//
//go:embed lookalikes.txt
var lookalikes string

// hanCosts is the cost of taking one Hanzi for another, in twentieths, by the
// lesser and the greater of the two. Pairs that are not there cost a unit.
var hanCosts = sync.OnceValue(func() map[[2]rune]int32 {
	out := map[[2]rune]int32{}
	for line := range strings.Lines(lookalikes) {
		runes := []rune(strings.TrimSpace(line))
		for i := 1; i+1 < len(runes); i += 2 {
			a, b := runes[0], runes[i]
			out[[2]rune{min(a, b), max(a, b)}] = int32(runes[i+1]-'0') * unit / 10
		}
	}
	return out
})

func hanCost(a, b rune) int32 {
	if c, ok := hanCosts()[[2]rune{min(a, b), max(a, b)}]; ok {
		return c
	}
	return unit
}
