package lexicon

import "strings"

// How the sounds of Hangul are written in kana, as loanwords are: rows by
// onset, in the order a i u e o.
var (
	kanaOnsets = strings.Split("かきくけこ かきくけこ なにぬねの たちとてと たちとてと らりるれろ まみむめも ばびぶべぼ ぱぴぷぺぽ さしすせそ さしすせそ あいうえお ざじずぜぞ ちちちちち ちちちちち かきくけこ たちとてと ぱぴぷぺぽ はひふへほ", " ")
	// kanaVowels are the vowel of the row and what follows it.
	kanaVowels = strings.Split("a e iゃ e a e iょ e o uわ ue oe iょ u uぉ ue ui iゅ u ui i", " ")
	kanaCodas  = strings.Split("|っく|っく|っく|ん|ん|ん|っと|る|る|む|る|る|る|る|る|む|っぷ|っぷ|っと|っと|ん|っと|っと|っく|っと|っぷ|", "|")
)

// hangulKana guesses how a name that is written in Hangul is written in
// katakana: 롤렉스 ロレックス.
func hangulKana(name string) string {
	var out strings.Builder
	runes := []rune(strings.ReplaceAll(name, " ", ""))
	for i, r := range runes {
		if !isHangulSyllable(r) {
			return ""
		}
		n := int(r - hangulFirst)
		onset, vowel, coda := n/588, n%588/28, n%28
		out.WriteString(kanaSyllable(onset, vowel))
		if coda == 8 && i+1 < len(runes) && isHangulSyllable(runes[i+1]) && int(runes[i+1]-hangulFirst)/588 == 5 {
			continue // 롤렉: one l, not two
		}
		out.WriteString(kanaCodas[coda])
	}
	return strings.Map(func(r rune) rune { return r + 0x60 }, out.String())
}

func kanaSyllable(onset, vowel int) string {
	v := kanaVowels[vowel]
	row := []rune(kanaOnsets[onset])
	const silent, t, tt, th = 11, 3, 4, 16
	tail := v[1:]
	switch {
	case onset == silent && strings.ContainsAny(tail, "ゃゅょ"):
		return map[string]string{"ゃ": "や", "ゅ": "ゆ", "ょ": "よ"}[tail]
	case onset == silent && tail == "わ":
		return "わ"
	case v == "i" && (onset == t || onset == tt || onset == th):
		return "てぃ"
	}
	if len(tail) == 1 {
		tail = map[string]string{"e": "ぇ", "i": "ぃ"}[tail]
	}
	return string(row[strings.IndexByte("aiueo", v[0])]) + tail
}
