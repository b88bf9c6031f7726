package search

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/match/lexicon"
)

func TestParseWords(t *testing.T) {
	name := func(s string) Word { return Word{Text: s, Kind: lexicon.KindName} }
	phrase := func(s string) Word { return Word{Text: s, Kind: lexicon.KindPhrase} }
	for in, want := range map[string][]Word{
		"":                             nil,
		" , ,\n":                       nil,
		"Gucci":                        {name("Gucci")},
		"Gucci, 구찌、古驰\nBottega Veneta": {name("Gucci"), name("구찌"), name("古驰"), name("Bottega Veneta")},
		`"쿠팡이 직접 수입했어요", 쿠팡`:    {phrase("쿠팡이 직접 수입했어요"), name("쿠팡")},
		"“made by us, only”; x": {phrase("made by us, only"), name("x")},
		`"not closed`:           {phrase("not closed")},
		`5" screen`:             {name(`5" screen`)},
		"「官方直供」古驰":              {phrase("官方直供"), name("古驰")},
	} {
		if got := ParseWords(in, ""); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

// What is shown in a form and sent back unchanged means the same.
func TestWordsGoRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := ParseWords(rapid.StringMatching(`[a-z구찌 ,"“”「」;\n]{0,40}`).Draw(t, "typed"), "ko")
		for _, w := range words {
			if w.Kind == lexicon.KindPhrase && strings.Contains(w.Text, `"`) {
				return // a quotation mark inside other quotation marks cannot be typed back
			}
		}
		if again := ParseWords(FormatWords(words), "ko"); !reflect.DeepEqual(again, words) {
			t.Fatalf("%+v became %+v", words, again)
		}
	})
}

func FuzzParseWords(f *testing.F) {
	for _, s := range []string{"", `"`, "a,b", `"x" "y"`, "「」『", "\xff,\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		total := 0
		for _, w := range ParseWords(s, "") {
			total += len(w.Text)
			if strings.TrimSpace(w.Text) == "" || w.Kind == lexicon.KindName && strings.ContainsAny(w.Text, separators) {
				t.Fatalf("%q gave %+v", s, w)
			}
		}
		if total > 3*len(s) { // broken bytes become U+FFFD
			t.Fatalf("%d bytes of words in %d", total, len(s))
		}
	})
}

func FuzzParsePlace(f *testing.F) {
	f.Add("e30")
	f.Add(Place{ID: "x"}.Cursor())
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePlace(s)
		if err != nil || s == "" {
			return
		}
		if again, err := ParsePlace(p.Cursor()); err != nil || !again.At.Equal(p.At) || again.ID != p.ID {
			t.Fatalf("%q: %+v became %+v, %v", s, p, again, err)
		}
	})
}
