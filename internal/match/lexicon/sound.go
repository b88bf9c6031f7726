package lexicon

import (
	"encoding/base64"
	"strings"
	"sync"
)

// Sound keys: two wordings with the same key may be read aloud alike. A key is
// a short string of classes; which script it came from is part of it, since
// each script has its own way of being misspelled.

// hangulSound appends the key of Hangul symbols. It merges plain, tense and
// aspirated consonants, near vowels, drops unreleased codas, contracts vowels
// (미우 → 뮤) and carries codas over (돌아 → 도라). Of jamo written apart only
// whole syllables count.
func hangulSound(key []byte, s []uint16) []byte {
	lastVowel := -1 // index in key of a vowel that may contract with the next
	for i := 0; i < len(s); {
		onset := s[i]
		if isVowelJamo(onset) || i+1 >= len(s) || !isVowelJamo(s[i+1]) {
			if lastVowel >= 0 && !isVowelJamo(onset) {
				key = appendCoda(key, s, i)
			}
			i++
			continue
		}
		vowel := s[i+1]
		i += 2
		if onset == 'ㅇ' && lastVowel >= 0 && lastVowel == len(key)-1 {
			if v := contract(key[lastVowel], vowelClass(vowel)); v != 0 {
				key[lastVowel] = v
				continue
			}
		}
		if c := onsetClass(onset, vowel); !(c == 'r' && len(key) > 0 && key[len(key)-1] == 'r') {
			key = append(key, c)
		}
		key = append(key, vowelClass(vowel))
		lastVowel = len(key) - 1
	}
	return key
}

// appendCoda adds the coda at s[i] if it sounds: nasals and ㄹ.
func appendCoda(key []byte, s []uint16, i int) []byte {
	switch s[i] {
	case 'ㄴ':
		return append(key, 'n')
	case 'ㅁ':
		return append(key, 'm')
	case 'ㅇ':
		return append(key, 'g')
	case 'ㄹ':
		if i+2 < len(s) && s[i+1] == 'ㅇ' && isVowelJamo(s[i+2]) {
			s[i+1] = 'ㄹ' // 돌아 is heard as 도라
			return key
		}
		return append(key, 'r')
	}
	return key
}

func onsetClass(c, vowel uint16) byte {
	switch c {
	case 'ㄱ', 'ㄲ', 'ㅋ':
		return 'k'
	case 'ㄷ', 'ㄸ', 'ㅌ':
		return 't'
	case 'ㅂ', 'ㅃ', 'ㅍ':
		return 'p'
	case 'ㅅ', 'ㅆ':
		return 's'
	case 'ㅈ', 'ㅉ', 'ㅊ':
		return 'c'
	case 'ㄴ':
		return 'n'
	case 'ㄹ':
		return 'r'
	case 'ㅁ':
		return 'm'
	case 'ㅎ':
		switch vowel {
		case 'ㅘ', 'ㅙ', 'ㅚ', 'ㅜ', 'ㅝ', 'ㅞ', 'ㅟ':
			return 'p' // 휠라 and 필라, 훼라가모 and 페라가모
		}
		return 'h'
	}
	return '-'
}

func vowelClass(v uint16) byte {
	switch v {
	case 'ㅏ', 'ㅑ', 'ㅘ':
		return 'A'
	case 'ㅐ', 'ㅔ', 'ㅒ', 'ㅖ', 'ㅙ', 'ㅚ', 'ㅞ':
		return 'E'
	case 'ㅓ', 'ㅕ', 'ㅝ':
		return 'Y'
	case 'ㅗ', 'ㅛ':
		return 'O'
	case 'ㅜ', 'ㅠ', 'ㅡ':
		return 'U'
	}
	return 'I'
}

// contract joins two vowels that are often written as one; 0 if they are not.
func contract(a, b byte) byte {
	switch {
	case a == b:
		return a
	case a == 'I' && (b == 'U' || b == 'Y' || b == 'A' || b == 'O'):
		return b
	case a == 'O' && b == 'E':
		return 'E'
	case a == 'O' && b == 'A':
		return 'A'
	case a == 'U' && (b == 'I' || b == 'Y'):
		return b
	}
	return 0
}

// latinSound appends the key of Latin symbols: consonants by sound, vowels in
// four groups, doubled letters once.
func latinSound(key []byte, s []uint16) []byte {
	at := func(i int) byte {
		if i >= 0 && i < len(s) && s[i] < 128 {
			return byte(s[i])
		}
		return 0
	}
	from := len(key)
	push := func(b byte) {
		if len(key) == from || key[len(key)-1] != b {
			key = append(key, b)
		}
	}
	for i := 0; i < len(s); i++ {
		c, n := at(i), at(i+1)
		switch c {
		case 'a':
			push('A')
		case 'e', 'i', 'y':
			if !(c == 'e' && i == len(s)-1 && len(key) > from+2) {
				push('I')
			}
		case 'o', 'u', 'w':
			push('U')
		case 'h':
			if i == 0 {
				push('h')
			}
		default:
			b, skip := consonantSound(c, n, at(i+2))
			i += skip
			if b != 0 {
				push(b)
			}
			if c == 'x' {
				push('s')
			}
		}
	}
	return key
}

// consonantSound gives the class of consonant c before n and m, and how many
// further letters it takes.
func consonantSound(c, n, m byte) (class byte, skip int) {
	soft := func(b byte) bool { return b == 'e' || b == 'i' || b == 'y' }
	switch c {
	case 'b', 'd', 'l', 'r', 'm', 'n':
		return c, 0
	case 'p':
		if n == 'h' {
			return 'f', 1
		}
		return 'p', 0
	case 'f', 'v':
		return 'f', 0
	case 't':
		switch {
		case n == 'c' && m == 'h', n == 's' && m == 'h':
			return 'C', 2
		case n == 's' && (m == 'i' || m == 'y' || m == 'u'):
			return 'C', 1
		}
		return 't', 0
	case 's':
		switch {
		case n == 'c' && m == 'h':
			return 'C', 2
		case n == 'h':
			return 'C', 1
		}
		return 's', 0
	case 'z':
		return 's', 0
	case 'c':
		switch {
		case n == 'h':
			return 'C', 1
		case n == 'c' && soft(m):
			return 'C', 1
		case n == 'k':
			return 'k', 1
		case soft(n):
			return 's', 0
		}
		return 'k', 0
	case 'q', 'k', 'x':
		return 'k', 0
	case 'g':
		if n == 'h' {
			return 'g', 1
		}
		return 'g', 0
	case 'j':
		return 'j', 0
	}
	return 0, 0
}

// pinyinClasses maps reading numbers to sound classes: initials and finals that
// many speakers do not tell apart are one.
var pinyinClasses = sync.OnceValue(func() []uint16 {
	names := strings.Fields(pinyinSyllables)
	class, seen := make([]uint16, len(names)+1), map[string]uint16{}
	for i, s := range names {
		k := foldPinyin(s)
		if seen[k] == 0 {
			seen[k] = uint16(len(seen) + 1)
		}
		class[i+1] = seen[k]
	}
	return class
})

var pinyinIndex = sync.OnceValue(func() []byte {
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(pinyinData, "\n", ""))
	if err != nil {
		panic("lexicon: generated table: " + err.Error())
	}
	return b
})

func foldPinyin(s string) string {
	for _, p := range [][2]string{{"zh", "j"}, {"ch", "q"}, {"sh", "x"}, {"z", "j"}, {"c", "q"}, {"s", "x"}, {"l", "n"}, {"h", "f"}} {
		if rest, ok := strings.CutPrefix(s, p[0]); ok {
			s = p[1] + rest
			break
		}
	}
	return strings.TrimSuffix(s, "g") // an and ang, en and eng, in and ing
}

// hanSound returns the sound class of an ideograph, 0 if it has no reading.
func hanSound(s uint16) uint16 {
	if s < 0x4E00 || s > 0x9FFF {
		return 0
	}
	b, i := pinyinIndex(), 2*int(s-0x4E00)
	return pinyinClasses()[uint16(b[i])|uint16(b[i+1])<<8]
}

// reading returns the toneless pinyin of an ideograph, "" if there is none.
func reading(s uint16) string {
	if s < 0x4E00 || s > 0x9FFF {
		return ""
	}
	b, i := pinyinIndex(), 2*int(s-0x4E00)
	n := int(b[i]) | int(b[i+1])<<8
	if n == 0 {
		return ""
	}
	return pinyinNames()[n-1]
}

var pinyinNames = sync.OnceValue(func() []string { return strings.Fields(pinyinSyllables) })
