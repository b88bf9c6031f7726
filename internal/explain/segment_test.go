package explain

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assay/internal/signal"
)

// whole puts segments together again, hidden characters included.
func whole(all []Segment, text string) string {
	var b strings.Builder
	hidden := slices.DeleteFunc([]rune(text), func(r rune) bool { return !unseen(r) })
	for _, s := range all {
		if s.Hidden != "" {
			b.WriteRune(hidden[0])
			hidden = hidden[1:]
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		name, text string
		spans      []signal.Span
		want       []Segment
	}{
		{"none", "plain", nil, []Segment{{Text: "plain"}}},
		{"inside", "a bolt b", []signal.Span{{Start: 2, End: 6}}, []Segment{{Text: "a "}, {Text: "bolt", Mark: true}, {Text: " b"}}},
		{"overlap", "abcdef", []signal.Span{{Start: 1, End: 3}, {Start: 2, End: 5}}, []Segment{{Text: "a"}, {Text: "bcde", Mark: true}, {Text: "f"}}},
		{"out of range", "abc", []signal.Span{{Start: -7, End: 1}, {Start: 2, End: 99}, {Start: 50, End: 60}, {Start: 3, End: 1}}, []Segment{{Text: "a", Mark: true}, {Text: "b"}, {Text: "c", Mark: true}}},
		{"inside a letter", "가나", []signal.Span{{Start: 1, End: 2}}, []Segment{{Text: "가", Mark: true}, {Text: "나"}}},
		{"hidden", "a\u200bb\u202e", []signal.Span{{Start: 0, End: 4}}, []Segment{{Text: "a", Mark: true}, {Hidden: "U+200B", Mark: true}, {Text: "b"}, {Hidden: "U+202E"}}},
		{"empty", "", []signal.Span{{Start: 0, End: 4}}, nil},
	} {
		if got := Segments(c.text, c.spans); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestSegmentsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		spans := rapid.SliceOf(rapid.Custom(func(t *rapid.T) signal.Span {
			return signal.Span{Start: rapid.IntRange(-5, len(text)+5).Draw(t, "start"), End: rapid.IntRange(-5, len(text)+5).Draw(t, "end")}
		})).Draw(t, "spans")
		if got := whole(Segments(text, spans), text); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		Digest(Segments(text, spans))
	})
}

func TestDigestKeepsFinds(t *testing.T) {
	text := strings.Repeat("가", 3000) + "BOLT" + strings.Repeat("나", 3000)
	at := strings.Index(text, "BOLT")
	short := Digest(Segments(text, []signal.Span{{Start: at, End: at + 4}}))
	var b strings.Builder
	for _, s := range short {
		b.WriteString(s.Text)
	}
	if !strings.Contains(b.String(), "가BOLT나") || b.Len() > 6*around {
		t.Errorf("%d bytes: %q", b.Len(), b.String())
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{"상품 A": "상품 A", "a\u202eb": "a◌b", "👩\u200d🔬": "👩\u200d🔬", "x\x00y": "x◌y"} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSegments(f *testing.F) {
	f.Add("a bolt b", 2, 6, 1, 4)
	f.Add("가\u202e나", -1, 5, 3, 900)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		got := Segments(text, []signal.Span{{Start: a, End: b}, {Start: c, End: d}})
		if whole(got, text) != text {
			t.Errorf("%q lost something", text)
		}
	})
}
