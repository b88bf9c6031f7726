package lexicon

import "unicode/utf8"

// A symbol is one letter of the skeleton: what is left of a text when case,
// width, accents, look-alikes, syllable blocks and everything between the
// letters are taken away. It remembers where it came from and what was removed.
type symbol struct {
	at   uint32 // byte offset of its rune in the original text
	base uint16 // the letter it is read as
	flag symbolFlag
}

type symbolFlag uint16

const (
	flagFirst symbolFlag = 1 << iota // first symbol of its rune
	flagLast                         // last symbol of its rune

	// What stood between this symbol and the one before.
	gapSpace
	gapWide // several spaces, or an unusual one
	gapPunct
	gapUnseen
	gapPicture
	gapMark
	gapMask

	// How its rune was written.
	asWidth
	asConfusable
	asAccent
	asJamo
	asVariant
	asUpper
	asLeet // punctuation read as a letter

	gapHard = gapSpace | gapPunct | gapPicture // separates words
	gapAny  = gapSpace | gapWide | gapPunct | gapUnseen | gapPicture | gapMark | gapMask
)

var changeFlag = [8]symbolFlag{
	changeWidth: asWidth, changeConfusable: asConfusable, changeAccent: asAccent,
	changeVariant: asVariant, changeUpper: asUpper,
}

// maxMarks is how many combining marks after one letter count as ordinary
// writing; more are noise put there to hide something.
const maxMarks = 2

// A skeletonizer reads text into symbols. Its zero value is not ready; use
// newSkeletonizer.
type skeletonizer struct {
	table *folding
	ascii [128]foldEntry
	out   []symbol
	leet  bool // a leet mark stood next to a letter: a second reading is worth while
	gap   symbolFlag
	marks int
}

func newSkeletonizer() *skeletonizer {
	k := &skeletonizer{table: theFolding()}
	for r := range rune(128) {
		k.ascii[r] = k.table.lookup(r)
	}
	return k
}

// read replaces k.out by the skeleton of text. With leet set, punctuation such
// as @ or $ next to letters is read as the letter it looks like; otherwise it
// only leaves a gap. Time is linear in len(text).
func (k *skeletonizer) read(text string, leet bool) []symbol {
	k.out, k.gap, k.marks, k.leet = k.out[:0], 0, 0, false
	if cap(k.out) < len(text)+8 {
		k.out = make([]symbol, 0, len(text)+len(text)/4+64)
	}
	for i := 0; i < len(text); {
		if b := text[i]; b < utf8.RuneSelf {
			e := k.ascii[b]
			if e.class() == classLetter {
				f := k.gap | flagFirst | flagLast | changeFlag[e.change()]
				k.out = append(k.out, symbol{uint32(i), e.symbol(), f})
				k.gap, k.marks = 0, 0
			} else {
				k.other(text, i, 1, e, leet)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if isHangulSyllable(r) {
			k.syllable(i, r)
		} else {
			k.other(text, i, n, k.table.lookup(r), leet)
		}
		i += n
	}
	return k.out
}

// syllable appends the jamo of a Hangul block.
func (k *skeletonizer) syllable(at int, r rune) {
	n := int(r - hangulFirst)
	o, v, c := n/588, n%588/28, codas[n%28]
	first := symbol{uint32(at), onsets[o], k.gap | flagFirst}
	second := symbol{uint32(at), vowels[v], 0}
	k.gap, k.marks = 0, 0
	switch len(c) {
	case 0:
		second.flag = flagLast
		k.out = append(k.out, first, second)
	case 1:
		k.out = append(k.out, first, second, symbol{uint32(at), c[0], flagLast})
	default:
		k.out = append(k.out, first, second, symbol{uint32(at), c[0], 0}, symbol{uint32(at), c[1], flagLast})
	}
}

// other handles every rune that is not a plain ASCII letter or Hangul block.
func (k *skeletonizer) other(text string, at, size int, e foldEntry, leet bool) {
	switch e.class() {
	case classLetter, classJamo:
		f := k.gap | flagFirst | flagLast | changeFlag[e.change()]
		if e.class() == classJamo {
			f |= asJamo
		}
		k.out = append(k.out, symbol{uint32(at), e.symbol(), f})
		k.gap, k.marks = 0, 0
	case classExpand:
		k.expand(at, e)
	case classSpace:
		if k.gap&gapSpace != 0 || size > 1 {
			k.gap |= gapWide
		}
		k.gap |= gapSpace
	case classUnseen:
		k.gap |= gapUnseen
	case classMark:
		if k.marks++; k.marks > maxMarks {
			k.gap |= gapMark
		}
	case classPicture:
		k.gap |= gapPicture
	case classMask:
		k.gap |= gapMask | gapPunct
	case classLeet:
		k.leetMark(text, at, size, e, leet)
	default:
		k.gap |= gapPunct
	}
}

func (k *skeletonizer) expand(at int, e foldEntry) {
	syms := k.table.expand[e.symbol()]
	for i, s := range syms {
		f := changeFlag[e.change()]
		if i == 0 {
			f |= flagFirst | k.gap
		}
		if i == len(syms)-1 {
			f |= flagLast
		}
		if isJamo(s) {
			f |= asJamo
		}
		k.out = append(k.out, symbol{uint32(at), s, f})
	}
	k.gap, k.marks = 0, 0
}

// leetMark reads punctuation that stands next to an ASCII letter or digit.
func (k *skeletonizer) leetMark(text string, at, size int, e foldEntry, leet bool) {
	before := at > 0 && isWordByte(text[at-1])
	after := at+size < len(text) && isWordByte(text[at+size])
	if !before && !after {
		k.gap |= gapPunct
		return
	}
	k.leet = true
	if !leet {
		k.gap |= gapPunct
		return
	}
	k.out = append(k.out, symbol{uint32(at), e.symbol(), k.gap | flagFirst | flagLast | asLeet})
	k.gap, k.marks = 0, 0
}

func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= utf8.RuneSelf
}

// end returns the offset behind the rune of symbol s.
func (s symbol) end(text string) int {
	_, n := utf8.DecodeRuneInString(text[s.at:])
	return int(s.at) + n
}

// lossy merges letters that stand for one another in disguised writing:
// i l 1, o 0, s z 5 2, a 4, e 3, g 9, b 6 8, t 7, u v. It is only used to find
// candidates; what was really written is compared afterwards.
func lossy(s uint16) uint16 {
	switch s {
	case 'l', '1':
		return 'i'
	case '0':
		return 'o'
	case 'z', '5', '2':
		return 's'
	case '4':
		return 'a'
	case '3':
		return 'e'
	case '9':
		return 'g'
	case '6', '8':
		return 'b'
	case '7':
		return 't'
	case 'v':
		return 'u'
	}
	return s
}
