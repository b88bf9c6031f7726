package lexicon

import (
	"strings"
)

// Romanisation of Hangul: the Revised Romanization of Korean (2000), letter by
// letter, and a loose form as loanwords are usually spelled back.
type romanTable struct{ onset, vowel, coda []string }

var romanStandard = romanTable{
	strings.Split("g kk n d tt r m b pp s ss  j jj ch k t p h", " "),
	strings.Split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i", " "),
	strings.Split(" k k k n n n t l k m l l l p l m p p t t ng t t k t p t", " "),
}

var romanLoose = romanTable{
	strings.Split("k k n d t l m v p s s  z c ch c t f h", " "),
	strings.Split("a a ya ya o e yo ye o wa we oe yo oo wo we wi yu u ui i", " "),
	strings.Split(" k k k n n n t l k m l l l p l m p p s s ng t t k t p t", " "),
}

func romanize(name string, t romanTable) string {
	var b strings.Builder
	for _, r := range name {
		if !isHangulSyllable(r) {
			if r == ' ' {
				b.WriteByte(' ')
			}
			continue
		}
		n := int(r - hangulFirst)
		b.WriteString(t.onset[n/588] + t.vowel[n%588/28] + t.coda[n%28])
	}
	return b.String()
}

// The Korean two-set keyboard: what comes out when the keyboard was left in
// the other language (Gucci typed as ㅎㅕㅊㅊㅑ, 구찌 as rnWl).
const (
	qwertyKeys = "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml"
	hangulKeys = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
)

// compoundKeys are vowels typed with two keys.
var compoundKeys = map[rune]string{'ㅘ': "hk", 'ㅙ': "ho", 'ㅚ': "hl", 'ㅝ': "nj", 'ㅞ': "np", 'ㅟ': "nl", 'ㅢ': "ml"}

func toQwerty(name string) string {
	keys := map[rune]string{}
	for i, r := range []rune(hangulKeys) {
		keys[r] = qwertyKeys[i : i+1]
	}
	var b strings.Builder
	for _, s := range newSkeletonizer().read(name, false) {
		r := rune(s.base)
		if k, ok := compoundKeys[r]; ok {
			b.WriteString(k)
		} else if k, ok := keys[r]; ok {
			b.WriteString(k)
		} else {
			return ""
		}
	}
	return b.String()
}

func fromQwerty(name string) string {
	var out []rune
	jamo := []rune(hangulKeys)
	for _, s := range plainLatin(name) {
		i := strings.IndexRune(qwertyKeys, s)
		if i < 0 {
			return ""
		}
		out = append(out, jamo[i])
	}
	return string(out)
}

// Sounds of Latin spelling on the way to Hangul and kana.
type soundRule struct {
	letters string
	before  string // only before one of these letters; "" for any
	sound   string // consonant letters of onsetJamo, or vowels
}

// soundRules are tried in order; the first that fits is taken.
var soundRules = []soundRule{
	{"sch", "", "S"}, {"tch", "", "C"}, {"tsh", "", "C"}, {"cch", "", "k"}, {"eau", "", "o"},
	{"ch", "lr", "k"}, {"ch", "", "C"}, {"sh", "", "S"}, {"ph", "", "p"}, {"th", "", "s"}, {"gh", "", "g"},
	{"ck", "", "k"}, {"qu", "", "ku"}, {"gn", "aeiou", "nI"}, {"gli", "", "li"}, {"cc", "ei", "C"}, {"ts", "", "C"}, {"zz", "", "C"},
	{"ou", "", "u"}, {"oo", "", "u"}, {"ee", "", "i"}, {"ie", "", "i"}, {"oe", "", "oe"}, {"uy", "", "wi"},
	{"ng", "", "N"}, {"bb", "", "b"}, {"cc", "", "k"}, {"dd", "", "d"}, {"ff", "", "p"}, {"gg", "", "g"}, {"ll", "", "l"}, {"mm", "", "m"}, {"nn", "", "n"}, {"pp", "", "p"}, {"rr", "", "r"}, {"ss", "", "s"}, {"tt", "", "t"},
	{"c", "eiy", "s"}, {"c", "", "k"}, {"g", "eiy", "j"}, {"x", "", "ks"}, {"y", "aeou", "I"}, {"y", "", "i"}, {"v", "", "b"}, {"f", "", "p"}, {"q", "", "k"}, {"w", "aeio", "W"}, {"w", "", "u"},
}

// sounds spells a word by sound. continental: final e is spoken and soft g is
// rare; otherwise as in English or French.
func sounds(word string, continental bool) string {
	var b strings.Builder
	for i := 0; i < len(word); {
		if !continental && word[i] == 'e' && i == len(word)-1 && i > 1 && strings.IndexByte("aeiou", word[i-1]) < 0 {
			break
		}
		n := 1
		s := word[i : i+1]
		for _, r := range soundRules {
			if !strings.HasPrefix(word[i:], r.letters) {
				continue
			}
			rest := word[i+len(r.letters):]
			if r.before != "" && (rest == "" || strings.IndexByte(r.before, rest[0]) < 0) {
				continue
			}
			n, s = len(r.letters), r.sound
			break
		}
		b.WriteString(s)
		i += n
	}
	return b.String()
}

// toHangul guesses how a Latin name is written in Hangul.
func toHangul(name, language string) []string {
	var out []string
	styles := []bool{true, false}
	if strings.HasPrefix(language, "en") || strings.HasPrefix(language, "fr") {
		styles = []bool{false, true}
	}
	for _, continental := range styles {
		s := ""
		for _, w := range strings.Fields(name) {
			s += composeHangul(sounds(plainLatin(w), continental))
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

var onsetJamo = map[byte]rune{'g': 0, 'n': 2, 'd': 3, 'r': 5, 'l': 5, 'm': 6, 'b': 7, 's': 9, 'S': 9, 'j': 12, 'z': 12, 'C': 14, 'k': 15, 't': 16, 'p': 17, 'h': 18}
var vowelJamo = map[byte]rune{'a': 0, 'e': 5, 'o': 8, 'u': 13, 'i': 20}
var codaJamo = map[byte]rune{'n': 4, 'l': 8, 'm': 16, 'N': 21, 'p': 17, 'k': 1, 't': 19}

// composeHangul builds syllables from sounds; "" if a sound is unknown.
func composeHangul(s string) string {
	var out []rune
	syllable := func(o, v, c rune) { out = append(out, hangulFirst+o*588+v*28+c) }
	coda := func(c rune) bool { // onto the last syllable, if it is open
		if len(out) == 0 || (out[len(out)-1]-hangulFirst)%28 != 0 {
			return false
		}
		out[len(out)-1] += c
		return true
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		next := byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		if v, ok := vowelJamo[c]; ok {
			syllable(11, v, 0)
			continue
		}
		if c == 'I' || c == 'W' { // glides: 야, 와 are heard as 이아, 우아
			continue
		}
		o, ok := onsetJamo[c]
		if c == 'N' {
			coda(21)
			if _, v := vowelJamo[next]; v {
				syllable(0, vowelJamo[next], 0)
				i++
			}
			continue
		}
		if !ok {
			return ""
		}
		v, open := vowelJamo[next]
		switch {
		case open:
			if c == 'l' && len(out) > 0 {
				coda(8)
			}
			syllable(o, v, 0)
			i++
		case c == 'r' && len(out) > 0:
			if next == 0 {
				syllable(5, 18, 0)
			}
		case (c == 'n' || c == 'm' || c == 'l') && coda(codaJamo[c]):
		case (c == 'p' || c == 'k' || c == 't') && next != 0 && coda(codaJamo[c]):
		case c == 'C' || c == 'S' || c == 'j' && next == 0:
			syllable(o, 20, 0)
		default:
			syllable(o, 18, 0)
		}
	}
	return string(out)
}

// Kana by the rows of the syllabary.
var kanaRows = map[byte]string{
	0: "あいうえお", 'k': "かきくけこ", 'g': "がぎぐげご", 's': "さしすせそ", 'S': "さしすせそ", 'z': "ざじずぜぞ", 'j': "じじじじじ",
	't': "たちつてと", 'd': "だぢづでど", 'n': "なにぬねの", 'h': "はひふへほ", 'b': "ばびぶべぼ", 'p': "ぱぴぷぺぽ",
	'm': "まみむめも", 'r': "らりるれろ", 'l': "らりるれろ", 'C': "ちちちちち",
}

// toKana guesses how a Latin name is written in katakana.
func toKana(latin string) string {
	s := sounds(plainLatin(latin), true)
	var out []rune
	for i := 0; i < len(s); i++ {
		c := s[i]
		if v := strings.IndexByte("aiueo", c); v >= 0 {
			out = append(out, []rune(kanaRows[0])[v])
			continue
		}
		if c == 'I' || c == 'W' {
			continue
		}
		if c == 'N' {
			out = append(out, 'ん', 'ぐ')
			continue
		}
		row, ok := kanaRows[c]
		if !ok {
			return ""
		}
		v := -1
		if i+1 < len(s) {
			v = strings.IndexByte("aiueo", s[i+1])
		}
		switch {
		case v >= 0:
			out = append(out, []rune(row)[v])
			i++
		case c == 'n' || c == 'm' && i+1 < len(s):
			out = append(out, 'ん')
		case c == 't' || c == 'd':
			out = append(out, []rune(row)[4])
		default:
			out = append(out, []rune(row)[2])
		}
	}
	for i, r := range out {
		out[i] = r + 0x60 // katakana
	}
	return string(out)
}

// romaji spells kana in Hepburn's way, without length marks.
func romaji(name string) string {
	const kana = "あいうえおかきくけこがぎぐげごさしすせそざじずぜぞたちつてとだぢづでどなにぬねのはひふへほばびぶべぼぱぴぷぺぽまみむめもやゆよらりるれろわをんゔ"
	latin := strings.Fields("a i u e o ka ki ku ke ko ga gi gu ge go sa shi su se so za ji zu ze zo ta chi tsu te to da ji zu de do na ni nu ne no ha hi fu he ho ba bi bu be bo pa pi pu pe po ma mi mu me mo ya yu yo ra ri ru re ro wa o n vu")
	var b strings.Builder
	for _, r := range name {
		if r >= 0x30A1 && r <= 0x30F6 {
			r -= 0x60
		}
		if i := strings.IndexRune(kana, r); i >= 0 {
			b.WriteString(latin[i/3])
		} else if small := strings.IndexRune("ぁぃぅぇぉゃゅょ", r); small >= 0 {
			s := strings.TrimRight(b.String(), "aiueo")
			b.Reset()
			b.WriteString(s + strings.Fields("a i u e o ya yu yo")[small/3])
		}
	}
	return b.String()
}
