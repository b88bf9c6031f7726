package lexicon

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
)

// A rune folds to an entry: what it is, how it was disguised, and the symbol it
// is read as. Symbols are plain lower-case runes of the basic plane: a-z, 0-9,
// compatibility jamo, simplified ideographs, hiragana without voicing marks,
// other letters in lower case.
//
//	bits  0-15 symbol, or index into folding.expand
//	bits 16-19 class
//	bits 20-23 change
type foldEntry uint32

type runeClass uint32

// What a rune is. Everything but a letter only leaves a gap.
const (
	classPunct   runeClass = iota // punctuation and whatever is not listed below
	classLetter                   // one symbol
	classExpand                   // several symbols
	classSpace                    // white space
	classUnseen                   // zero width, variation selectors, fillers
	classMark                     // combining marks
	classPicture                  // emoji and other pictures
	classMask                     // signs that stand for a hidden letter
	classLeet                     // punctuation that may be read as a letter: @ $ ! …
	classJamo                     // a jamo written on its own
)

type change uint32

// How a rune differs from the symbol it is read as.
const (
	changeNone change = iota
	changeWidth
	changeConfusable
	changeAccent
	changeVariant
	changeUpper
)

func entry(sym uint16, c runeClass, ch change) foldEntry {
	return foldEntry(uint32(sym) | uint32(c)<<16 | uint32(ch)<<20)
}

func (e foldEntry) symbol() uint16   { return uint16(e) }
func (e foldEntry) class() runeClass { return runeClass(e>>16) & 15 }
func (e foldEntry) change() change   { return change(e>>20) & 15 }

const pageBits = 8

// folding is a two-level table over all runes.
type folding struct {
	index  [unicode.MaxRune>>pageBits + 1]uint16
	pages  [][1 << pageBits]foldEntry
	expand [][]uint16
}

var theFolding = sync.OnceValue(buildFolding)

func (f *folding) lookup(r rune) foldEntry {
	return f.pages[f.index[uint32(r)>>pageBits]][uint32(r)&(1<<pageBits-1)]
}

// masks stand for one hidden letter or syllable; leets are punctuation marks
// that look like a letter.
const (
	masks  = "*○●◯〇□■◆◇?_·•×✕✖※◎☆★＊？＿△▲▽♡♥#"
	leets  = "@$!|+€"
	leetTo = "asiite"
	// fillers are letters by category that show nothing.
	fillers = "\u115f\u1160\u3164\uffa0\u2800"
)

func buildFolding() *folding {
	f := &folding{pages: make([][1 << pageBits]foldEntry, 1)} // page 0: all punctuation
	f.setTables()
	f.setScripts()
	for i, r := range []rune(leets) {
		f.set(r, entry(uint16(leetTo[i]), classLeet, changeNone))
	}
	for _, r := range masks {
		f.set(r, entry(0, classMask, changeNone))
	}
	f.setData()
	for _, r := range fillers {
		f.set(r, entry(0, classUnseen, changeNone))
	}
	for r := rune(0xFE00); r <= 0xFE0F; r++ {
		f.set(r, entry(0, classUnseen, changeNone))
	}
	for r := rune(0xE000); r <= 0xF8FF; r++ { // where setTables puts rare letters
		f.set(r, entry(uint16(r), classLetter, changeNone))
	}
	f.set('ﾞ', entry(0, classMark, changeNone))
	f.set('ﾟ', entry(0, classMark, changeNone))
	f.set('ー', entry(0, classMark, changeNone))
	f.set('ｰ', entry(0, classMark, changeNone))
	return f
}

func (f *folding) set(r rune, e foldEntry) {
	p := uint32(r) >> pageBits
	if f.index[p] == 0 {
		f.pages = append(f.pages, [1 << pageBits]foldEntry{})
		f.index[p] = uint16(len(f.pages) - 1)
	}
	f.pages[f.index[p]][uint32(r)&(1<<pageBits-1)] = e
}

// setTables classifies runes by Unicode category. Hangul syllables are split by
// rule in the skeleton and need no entry.
func (f *folding) setTables() {
	letter := func(r rune) foldEntry {
		l := unicode.ToLower(r)
		if l > 0xFFFF {
			l = 0xE000 + l%0x1900 // rare planes share the private use area
		}
		if l != r {
			return entry(uint16(l), classLetter, changeUpper)
		}
		return entry(uint16(l), classLetter, changeNone)
	}
	fixed := func(c runeClass) func(rune) foldEntry {
		return func(rune) foldEntry { return entry(0, c, changeNone) }
	}
	for _, t := range []struct {
		table *unicode.RangeTable
		entry func(rune) foldEntry
	}{
		{unicode.L, letter}, {unicode.Nd, letter}, {unicode.So, fixed(classPicture)},
		{unicode.M, fixed(classMark)}, {unicode.Z, fixed(classSpace)}, {unicode.Cf, fixed(classUnseen)},
	} {
		f.setRange(t.table, t.entry)
	}
	for _, r := range "\t\n\v\f\r\u0085" {
		f.set(r, entry(0, classSpace, changeNone))
	}
	for r := rune(0x1F3FB); r <= 0x1F3FF; r++ {
		f.set(r, entry(0, classPicture, changeNone))
	}
}

func (f *folding) setRange(t *unicode.RangeTable, of func(rune) foldEntry) {
	for _, r := range t.R16 {
		if r.Lo >= 0xAC00 && r.Lo <= 0xD7A3 {
			continue
		}
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			f.set(c, of(c))
		}
	}
	for _, r := range t.R32 {
		if r.Hi-r.Lo > 0x2000 || r.Lo >= 0x20000 && r.Lo < 0x40000 {
			continue // rare ideographs and large historic scripts: not names
		}
		for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
			f.set(c, of(c))
		}
	}
}

// setScripts folds kana and jamo.
func (f *folding) setScripts() {
	for r := rune(0x3041); r <= 0x3096; r++ {
		s := entry(foldKana(r), classLetter, changeNone)
		f.set(r, s)
		f.set(r+0x60, s)
	}
	for i := range onsets {
		f.set(rune(0x1100+i), entry(onsets[i], classJamo, changeNone))
	}
	for i := range vowels {
		f.set(rune(0x1161+i), entry(vowels[i], classJamo, changeNone))
	}
	for i := 1; i < len(codas); i++ {
		f.setJamo(rune(0x11A7+i), codas[i])
	}
	for r := rune(0x3131); r <= 0x318E; r++ {
		f.setJamo(r, splitCluster(uint16(r)))
	}
}

func (f *folding) setJamo(r rune, syms []uint16) {
	if len(syms) == 1 {
		f.set(r, entry(syms[0], classJamo, changeNone))
		return
	}
	f.expand = append(f.expand, syms)
	f.set(r, entry(uint16(len(f.expand)-1), classExpand, changeNone))
}

// foldKana takes small kana to large and removes voicing.
func foldKana(r rune) uint16 {
	const from = "ぁぃぅぇぉっゃゅょゎゕゖがぎぐげござじずぜぞだぢづでどばぱびぴぶぷべぺぼぽゔ"
	const to = "あいうえおつやゆよわかけかきくけこさしすせそたちつてとははひひふふへへほほう"
	if i := strings.IndexRune(from, r); i >= 0 {
		return uint16([]rune(to)[i/3])
	}
	return uint16(r)
}

// setData reads the generated foldings.
func (f *folding) setData() {
	b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(foldData, "\n", ""))
	if err != nil {
		panic("lexicon: generated table: " + err.Error())
	}
	r := rune(0)
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		b = b[n:]
		return v
	}
	for len(b) > 0 {
		r += rune(next())
		kind, n := change(b[0]>>4), int(b[0]&15)
		b = b[1:]
		syms := make([]uint16, 0, 8)
		for range n {
			syms = appendSymbols(syms, rune(next()))
		}
		if kind == changeWidth && len(syms) == 1 && isJamo(syms[0]) {
			f.set(r, entry(syms[0], classJamo, kind))
		} else if len(syms) == 1 {
			f.set(r, entry(syms[0], classLetter, kind))
		} else {
			f.expand = append(f.expand, syms)
			f.set(r, entry(uint16(len(f.expand)-1), classExpand, kind))
		}
	}
}

// appendSymbols spells a rune that needs no further folding.
func appendSymbols(syms []uint16, r rune) []uint16 {
	if r >= hangulFirst && r <= hangulLast {
		n := int(r - hangulFirst)
		syms = append(syms, onsets[n/588], vowels[n%588/28])
		return append(syms, codas[n%28]...)
	}
	if r >= 0x1100 && r < 0x1113 {
		return append(syms, onsets[r-0x1100])
	}
	if r >= 0x1161 && r < 0x1176 {
		return append(syms, vowels[r-0x1161])
	}
	if r >= 0x11A8 && r < 0x11C3 {
		return append(syms, codas[r-0x11A7]...)
	}
	return append(syms, uint16(r))
}
