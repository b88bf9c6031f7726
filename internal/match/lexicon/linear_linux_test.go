package lexicon

import (
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The machine looks at no more than two states for a letter, on the whole.
func TestAutomatonIsLinear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]uint16{'a', 'b', 'd', 'a' + 300}).Draw(t, "letters")
		patterns := rapid.SliceOfN(rapid.SliceOfN(rapid.Uint16Range('a', most), 1, 12), 1, 60).Draw(t, "patterns")
		text := slices.Concat(rapid.SliceOfN(rapid.SampledFrom(patterns), 0, 60).Draw(t, "text")...)
		a, err := newAutomaton(patterns, func(s uint16) uint16 { return s })
		if err != nil {
			t.Fatal(err)
		}
		looks, s, last := 0, int32(0), uint16(0)
		for _, b := range text {
			c := a.class[b]
			for at := s; at != 0 && a.child(at, c) == 0; at = a.cells[at].fail() {
				looks++
			}
			looks++
			s, last = a.next(s, last, c), c
		}
		if looks > 2*len(text) {
			t.Fatalf("%d looks at %d letters", looks, len(text))
		}
	})
}

// hostile texts of about n bytes, each meant to be slow.
func hostile(n int) map[string]string {
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	return map[string]string{
		"marks": "G" + fill("\u0301"), "zero-width": fill("\u200b"), "masks": fill("구*"), "mask letters": fill("구x"), "one letter": fill("a"),
		"spaced": fill("a "), "claims": fill("짭1:1A货 replica "), "han": fill("古驰家"), "any name": fill("古某"), "names": fill("gucci"),
		"jamo": fill("ㄱㅜㅉㅣ"), "syllables": fill("닥터마턴"), "leet": fill("@$!|"), "digits": fill("1:1:"), "parallel": fill("平行进口 "),
	}
}

// ownTime is the processor time of this thread: what else the machine does
// must not matter.
func ownTime(t *testing.T) time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Sixteen short texts cost about what one of sixteen times the length costs;
// what is quadratic would cost a sixteenth.
func TestExamineIsLinear(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l := testLexicon(t)
	const times = 16
	cost := func(text string, times int) time.Duration {
		start := ownTime(t)
		for range times {
			l.Examine(Document{Fields: []Field{{"title", text}}})
		}
		return max(ownTime(t)-start, 10*time.Millisecond) // the clock is coarse
	}
	short, long := hostile(32<<10), hostile(times*32<<10)
	for name := range short {
		a, b := cost(short[name], times), cost(long[name], 1)
		if t.Logf("%-12s %v in pieces, %v whole", name, a, b); b > 5*a {
			t.Errorf("%s: %s in pieces, %s whole", name, a, b)
		}
	}
}
