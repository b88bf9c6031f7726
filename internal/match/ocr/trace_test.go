package ocr

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// saying is a trace in which text stands clearly, two frames a label and a
// blank after each. A rune in doubt is followed by a question mark and the rune
// that the network thinks likelier: "빛?빚" is 빛 read as 빚.
func saying(t testing.TB, text string) *Trace {
	l := theNetwork(t).labels
	var frames [][]guess
	say := func(r, doubt rune) {
		first := guess{exactly(t, l, r), -0.1}
		row := []guess{first, {blank, -3}}
		if doubt != 0 && doubt != r {
			row = []guess{{exactly(t, l, doubt), -0.1}, {first.label, -1.6}, {blank, -3}}
		}
		frames = append(frames, row, slices.Clone(row), []guess{{blank, -0.05}, {first.label, -4}})
	}
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		a, b := parts(runes[i]), []rune(nil)
		if i+2 < len(runes) && runes[i+1] == '?' {
			b = parts(runes[i+2])
			i += 2
		}
		for k, r := range a {
			doubt := rune(0)
			if k < len(b) {
				doubt = b[k]
			}
			say(r, doubt)
		}
	}
	return newTrace(frames)
}

func parts(r rune) []rune {
	n := r - 0xAC00
	if n < 0 || n >= 11172 {
		return []rune{r}
	}
	out := []rune{0x1100 + n/588, 0x1161 + n%588/28}
	if n%28 > 0 {
		out = append(out, 0x11A7+n%28)
	}
	return out
}

func exactly(t testing.TB, l *labels, r rune) label {
	i := slices.Index(l.runes, r)
	if i < 0 {
		t.Fatalf("the network does not know %q", r)
	}
	return label(i)
}

func TestLettersOfATrace(t *testing.T) {
	l := theNetwork(t).labels
	for _, text := range []string{"한빛솔 공식 인증", "가나", "Authentic Norvik", "官方授权正品 100%", "꿇ABC가", "hello", "Caffè è così"} {
		letters, confidence := saying(t, text).letters(l)
		if got := textOf(letters); got != text {
			t.Errorf("%q became %q", text, got)
		}
		if confidence < 0.85 || confidence > 1 {
			t.Errorf("%q: confidence %g", text, confidence)
		}
		for i, x := range letters {
			if x.to <= x.from || i > 0 && x.from < letters[i-1].to {
				t.Errorf("%q: letter %d stands at %d..%d", text, i, x.from, x.to)
			}
		}
	}
	broken := newTrace([][]guess{{{exactly(t, l, 'ᄒ'), 0}}, {{blank, 0}}, {{exactly(t, l, 'A'), 0}}, {{exactly(t, l, 'ᆫ'), 0}}})
	if letters, _ := broken.letters(l); textOf(letters) != "A" {
		t.Errorf("jamo that make no syllable became %q", textOf(letters))
	}
	if letters, confidence := newTrace([][]guess{{{blank, 0}}}).letters(l); len(letters) != 0 || confidence != 0 {
		t.Errorf("nothing became %v, %g", letters, confidence)
	}
}

func TestTraceIsKept(t *testing.T) {
	a := saying(t, "한빛?빚솔 Norvik 官方")
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	b := new(Trace)
	if err := b.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for i, f := range a.frames {
		if f.sure != b.frames[i].sure || !slices.Equal(f.choices, b.frames[i].choices) {
			t.Fatalf("frame %d: %v became %v", i, f, b.frames[i])
		}
	}
	for n := range data {
		if err := new(Trace).UnmarshalBinary(data[:n]); !errors.Is(err, ErrTrace) {
			t.Fatalf("%d of %d bytes were read: %v", n, len(data), err)
		}
	}
}

func FuzzTrace(f *testing.F) {
	data, _ := saying(f, "한빛솔").MarshalBinary()
	f.Add(data)
	f.Add([]byte{1, 255, 1, 255, 255, 0})
	p := someSentences()
	f.Fuzz(func(t *testing.T, data []byte) {
		x := new(Trace)
		if x.UnmarshalBinary(data) != nil {
			return
		}
		l := theNetwork(t).labels
		letters, _ := x.letters(l)
		text := textOf(letters)
		hits, _, _ := p.spot(x, l)
		for _, h := range hits {
			_ = text[h.Start:h.End]
		}
	})
}

// Costs are relative to the best label of their frame and lose no more than
// half a step.
func TestCostsOfATrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g []guess
		for i, v := range rapid.SliceOfNDistinct(rapid.Float32Range(-8, 0), 1, 9, rapid.ID).Draw(t, "logs") {
			g = append(g, guess{label(i), v})
		}
		best := slices.MaxFunc(g, func(a, b guess) int { return int(math.Copysign(1, float64(a.log-b.log))) })
		f := newTrace([][]guess{slices.Clone(g)}).frames[0]
		if f.choices[0].label != best.label || f.choices[0].cost != 0 {
			t.Fatalf("%v: best %v", g, f.choices[0])
		}
		for _, c := range f.choices {
			if want := float64(best.log-g[c.label].log) * nat; math.Abs(float64(c.cost)-want) > 0.51 {
				t.Fatalf("label %d costs %d, want %.2f", c.label, c.cost, want)
			}
		}
	})
}
