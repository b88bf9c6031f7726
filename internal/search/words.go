package search

import (
	"strings"

	"assay/internal/match/lexicon"
)

// quotes are the marks around a sentence, by what opens it.
var quotes = map[rune]rune{'"': '"', '“': '”', '„': '“', '«': '»', '「': '」', '『': '』', '＂': '＂'}

// separators stand between words.
const separators = ",;\n\r，、；"

// ParseWords reads what a person types: names separated by commas, semicolons
// or line ends, and sentences in quotation marks.
func ParseWords(text, language string) []Word {
	var out []Word
	add := func(kind lexicon.Kind, s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, Word{Text: s, Kind: kind, Language: language})
		}
	}
	name, phrase, closing := strings.Builder{}, strings.Builder{}, rune(0)
	for _, r := range text {
		switch end, opens := quotes[r]; {
		case closing != 0 && r == closing:
			add(lexicon.KindPhrase, phrase.String())
			phrase.Reset()
			closing = 0
		case closing != 0:
			phrase.WriteRune(r)
		case opens && strings.TrimSpace(name.String()) == "":
			closing = end
		case strings.ContainsRune(separators, r):
			add(lexicon.KindName, name.String())
			name.Reset()
		default:
			name.WriteRune(r)
		}
	}
	add(lexicon.KindName, name.String())
	add(lexicon.KindPhrase, phrase.String()) // a quotation that was not closed
	return out
}

// FormatWords is what a person would have typed for the words.
func FormatWords(words []Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Text
		if w.Kind == lexicon.KindPhrase {
			parts[i] = `"` + w.Text + `"`
		}
	}
	return strings.Join(parts, ", ")
}
