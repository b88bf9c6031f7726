package lexicon

const (
	hangulFirst = 0xAC00
	hangulLast  = 0xD7A3
)

// Jamo are kept as compatibility letters, the same for onset and coda, so that
// 구찌, ㄱㅜㅉㅣ and conjoining jamo all read alike. Clusters such as ㄳ are two.
var (
	onsets = symbols("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
	vowels = symbols("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")
	codas  = buildCodas("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
)

func symbols(s string) []uint16 {
	var out []uint16
	for _, r := range s {
		out = append(out, uint16(r))
	}
	return out
}

func buildCodas(s string) [][]uint16 {
	out := [][]uint16{nil}
	for _, r := range s {
		out = append(out, splitCluster(uint16(r)))
	}
	return out
}

var clusters = map[uint16]string{
	'ㄳ': "ㄱㅅ", 'ㄵ': "ㄴㅈ", 'ㄶ': "ㄴㅎ", 'ㄺ': "ㄹㄱ", 'ㄻ': "ㄹㅁ", 'ㄼ': "ㄹㅂ",
	'ㄽ': "ㄹㅅ", 'ㄾ': "ㄹㅌ", 'ㄿ': "ㄹㅍ", 'ㅀ': "ㄹㅎ", 'ㅄ': "ㅂㅅ",
}

func splitCluster(j uint16) []uint16 {
	if s, ok := clusters[j]; ok {
		return symbols(s)
	}
	return []uint16{j}
}

func isJamo(s uint16) bool      { return s >= 0x3131 && s <= 0x318E }
func isVowelJamo(s uint16) bool { return s >= 'ㅏ' && s <= 'ㅣ' }
func isHan(s uint16) bool       { return s >= 0x4E00 && s <= 0x9FFF || s >= 0x3400 && s <= 0x4DBF }
func isKana(s uint16) bool      { return s >= 0x3041 && s <= 0x3096 }
func isLatin(s uint16) bool     { return s >= 'a' && s <= 'z' }
func isDigit(s uint16) bool     { return s >= '0' && s <= '9' }
func isLoneJamo(r rune) bool    { return r >= 0x3131 && r <= 0x318E || r >= 0x1100 && r <= 0x11FF }

func isHangulSyllable(r rune) bool { return r >= hangulFirst && r <= hangulLast }

type script uint8

const (
	scriptOther script = iota
	scriptLatin
	scriptDigit
	scriptHangul
	scriptHan
	scriptKana
)

func scriptOf(s uint16) script {
	switch {
	case isLatin(s):
		return scriptLatin
	case isDigit(s):
		return scriptDigit
	case isJamo(s):
		return scriptHangul
	case isHan(s):
		return scriptHan
	case isKana(s):
		return scriptKana
	}
	return scriptOther
}
