package lexicon

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func fold(s string) string { return fold16(s) }

func TestFolding(t *testing.T) {
	for in, want := range map[string]string{
		"Ｇｕｃｃｉ": "gucci", "ɢᴜᴄᴄɪ": "gucci", "Ԍυϲсⅰ": "gucci", "🅶🆄🅲🅲🅸": "gucci", "ⓖⓤⓒⓒⓘ": "gucci", "𝓖𝓾𝓬𝓬𝓲": "gucci",
		"Straße": "strasse", "Ærø": "aero", "Łódź": "lodz", "ﬁla": "fila", "Gucci™": "gucci", "L’Oréal": "loreal",
		"구찌": "ㄱㅜㅉㅣ", "ㄱㅜㅉㅣ": "ㄱㅜㅉㅣ", "ﾡﾣ": "ㄱㄱㅅ", "닭값": "ㄷㅏㄹㄱㄱㅏㅂㅅ",
		"馳": "驰", "グッチ": "くつち", "ｸﾞｯﾁ": "くつち", "ぐっち": "くつち", "５％": "5",
	} {
		if got := fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

// Precomposed, decomposed and half-width writing fold alike.
func TestFoldingIgnoresNormalForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Hangul, unicode.Han, unicode.Katakana)).Draw(t, "s")
		if a, b := fold(norm.NFC.String(s)), fold(norm.NFD.String(s)); a != b {
			t.Fatalf("NFC folds to %q, NFD to %q", a, b)
		}
	})
}

// Folding what was folded changes nothing.
func TestFoldingIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if a := fold(s); fold(a) != a {
			t.Fatalf("%q folds to %q, then to %q", s, a, fold(a))
		}
	})
}
