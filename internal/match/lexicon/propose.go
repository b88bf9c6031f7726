package lexicon

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Spelling is a way a name is likely to be written by those who avoid or
// misspell it.
type Spelling struct {
	Text   string
	Weight float64 // 0..1: how surely the spelling means the name
	Reason string  // one of SpellingReasons
}

// SpellingReasons lists every value of Spelling.Reason.
func SpellingReasons() []string {
	return []string{"transliteration", "romanisation", "pinyin", "keyboard", "abbreviation", "look_alike", "nickname"}
}

// maxName bounds what Propose reads.
const maxName = 80

// Propose returns spellings of a name in other scripts, keyboard slips and
// abbreviations, likely ones first and none twice. language (BCP 47) is the
// name's own; it decides how Latin letters sound. Simple typos, look-alike
// characters, traditional forms and sound-alikes need no spelling of their own:
// the matcher finds those by itself. Guesses are guesses: a person should look
// at them before they are used with much weight.
func Propose(name, language string) []Spelling {
	name = strings.TrimSpace(norm.NFC.String(name))
	if r := []rune(name); len(r) > maxName || len(r) < 2 {
		return nil
	}
	p := &proposals{seen: map[string]bool{fold16(name): true}}
	switch nameScript(name) {
	case scriptHangul:
		p.hangul(name)
	case scriptLatin:
		p.latin(name, language)
	case scriptHan:
		p.han(name)
	case scriptKana:
		p.add(romaji(name), 0.7, "romanisation")
	}
	return p.list
}

type proposals struct {
	list []Spelling
	seen map[string]bool
}

func fold16(s string) string {
	var b strings.Builder
	for _, x := range newSkeletonizer().read(s, false) {
		b.WriteRune(rune(x.base))
	}
	return b.String()
}

func (p *proposals) add(text string, weight float64, reason string) {
	key := fold16(text)
	if len([]rune(key)) < 2 || p.seen[key] {
		return
	}
	p.seen[key] = true
	p.list = append(p.list, Spelling{text, weight, reason})
}

func nameScript(s string) script {
	var count [scriptKana + 1]int
	for _, r := range s {
		switch {
		case isHangulSyllable(r):
			count[scriptHangul]++
		case unicode.Is(unicode.Latin, r):
			count[scriptLatin]++
		case unicode.Is(unicode.Han, r):
			count[scriptHan]++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			count[scriptKana]++
		}
	}
	best := scriptOther
	for k, n := range count {
		if n > count[best] {
			best = script(k)
		}
	}
	return best
}

func (p *proposals) hangul(name string) {
	p.add(romanize(name, romanStandard), 0.8, "romanisation")
	p.add(romanize(name, romanLoose), 0.6, "romanisation")
	p.add(toQwerty(name), 0.9, "keyboard")
	p.add(hangulKana(name), 0.8, "transliteration")
	words := strings.Fields(name)
	if len(words) > 1 {
		short := ""
		for _, w := range words {
			short += string([]rune(w)[:1])
		}
		p.add(short, 0.35, "abbreviation")
	}
	syl := []rune(strings.Join(words, ""))
	if len(syl) >= 4 {
		for i := 2; i < min(len(syl), 6); i++ { // 닥터마틴 → 닥마
			p.add(string([]rune{syl[0], syl[i]}), 0.3, "abbreviation")
		}
		p.add(string(syl[:3]), 0.5, "abbreviation")
	}
}

func (p *proposals) latin(name, language string) {
	for _, h := range toHangul(name, language) {
		p.add(h, 0.8, "transliteration")
	}
	p.add(fromQwerty(name), 0.9, "keyboard")
	p.add(toKana(plainLatin(name)), 0.6, "transliteration")
	low := plainLatin(name)
	if len(low) >= 5 {
		p.add(strings.ReplaceAll(low, "m", "rn"), 0.7, "look_alike")
		p.add(strings.ReplaceAll(low, "w", "vv"), 0.7, "look_alike")
		p.add(strings.ReplaceAll(low, "d", "cl"), 0.6, "look_alike")
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '&' })
	if len(words) > 2 { // two initials stand for too many things
		short := ""
		for _, w := range words {
			short += strings.ToUpper(string([]rune(w)[:1]))
		}
		p.add(short, 0.3, "abbreviation")
	}
}

func (p *proposals) han(name string) {
	var han []rune
	syl := ""
	for _, s := range newSkeletonizer().read(name, false) {
		if isHan(s.base) {
			han = append(han, rune(s.base))
			syl += reading(s.base)
		}
	}
	if len(han) < 2 {
		return
	}
	if len(syl) >= 5 {
		p.add(syl, 0.6, "pinyin")
	}
	if len(han) >= 3 {
		p.add(string(han[:2]), 0.25, "abbreviation")
		p.add(string(han[0])+"家", 0.3, "nickname")
		p.add(string(han[len(han)-1])+"家", 0.3, "nickname")
	} else {
		p.add(string(han[0])+"家", 0.3, "nickname")
	}
}

// plainLatin lower-cases and removes accents and everything but letters.
func plainLatin(s string) string {
	var b strings.Builder
	for _, x := range newSkeletonizer().read(s, false) {
		if isLatin(x.base) || isDigit(x.base) {
			b.WriteRune(rune(x.base))
		}
	}
	return b.String()
}
