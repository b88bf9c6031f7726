package lexicon

import (
	"fmt"
	"math"
	"strings"
)

// How a pattern stands for its entry.
type patternKind uint8

const (
	patternFull     patternKind = iota // the wording itself
	patternPart                        // one word of a name of several
	patternInitials                    // ㄱㅉ: first consonants of a Hangul name
	patternShort                       // an abbreviation of the brand
	patternSwapped                     // the words of a name in another order
)

// A pattern is one string of symbols to look for.
type pattern struct {
	entry int32 // in layer.entries
	off   uint32
	n     uint8
	kind  patternKind
	plain bool   // an everyday word, or too short to be sure it is none
	gaps  uint64 // bit i: the wording itself has a gap before symbol i
}

// A layer is a set of entries compiled together.
type layer struct {
	entries  []Entry
	patterns []pattern
	arena    []uint16 // symbols of all patterns
	auto     *automaton
	near     *nearby
	vocab    *vocabulary
	phrases  *phraseIndex
}

// symbolsOf returns what p looks for.
func (ly *layer) symbolsOf(p *pattern) []uint16 { return ly.arena[p.off : p.off+uint32(p.n)] }

func newLayer(v *vocabulary, entries []Entry, brands []BrandInfo, known map[string]*brand) (*layer, error) {
	ly := &layer{entries: make([]Entry, 0, len(entries)), vocab: v}
	k := newSkeletonizer()
	for _, e := range entries {
		if err := checkEntry(e); err != nil {
			return nil, err
		}
		if err := ly.addEntry(k, e); err != nil {
			return nil, err
		}
		if known[e.BrandID] == nil {
			known[e.BrandID] = &brand{info: BrandInfo{ID: e.BrandID}}
		}
	}
	for _, b := range brands {
		for _, s := range b.Short {
			ly.addShort(k, b, s)
		}
	}
	ly.arena = append(make([]uint16, 0, len(ly.arena)), ly.arena...)
	ly.patterns = append(make([]pattern, 0, len(ly.patterns)), ly.patterns...)
	texts := make([][]uint16, len(ly.patterns))
	for i := range ly.patterns {
		texts[i] = ly.symbolsOf(&ly.patterns[i])
	}
	var err error
	if ly.auto, err = newAutomaton(texts, lossy); err != nil {
		return nil, err
	}
	ly.near = newNearby(ly)
	ly.phrases = newPhraseIndex(ly)
	return ly, nil
}

func (ly *layer) addEntry(k *skeletonizer, e Entry) error {
	if e.Weight <= 0 || math.IsNaN(e.Weight) {
		e.Weight = 1
	}
	syms := k.read(e.Text, false)
	if len(syms) > MaxWording {
		return fmt.Errorf("%w: %.40q… (asset %s) has %d letters; at most %d", ErrEntry, e.Text, e.AssetID, len(syms), MaxWording)
	}
	if len(syms) < 2 {
		return nil // a single letter says nothing
	}
	ly.entries = append(ly.entries, e)
	id := int32(len(ly.entries) - 1)
	ly.add(id, patternFull, syms)
	if e.Kind == KindPhrase || e.Derived {
		return nil
	}
	ly.addParts(id, syms)
	if ini := initialsOf(syms); len(ini) >= 2 {
		ly.addRaw(id, patternInitials, ini, 0)
	}
	return nil
}

func (ly *layer) addShort(k *skeletonizer, b BrandInfo, short string) {
	syms := k.read(short, false)
	if len(syms) < 2 || len(syms) > MaxWording {
		return
	}
	ly.entries = append(ly.entries, Entry{BrandID: b.ID, Kind: KindName, Text: short, Weight: 1})
	ly.add(int32(len(ly.entries)-1), patternShort, syms)
}

// add stores a pattern spelled by symbols, with the gaps of its wording.
func (ly *layer) add(entry int32, kind patternKind, syms []symbol) {
	raw, gaps := make([]uint16, len(syms)), uint64(0)
	for i, s := range syms {
		raw[i] = s.base
		if i > 0 && i < 64 && s.flag&gapAny != 0 {
			gaps |= 1 << i
		}
	}
	ly.addRaw(entry, kind, raw, gaps)
}

func (ly *layer) addRaw(entry int32, kind patternKind, raw []uint16, gaps uint64) {
	off := uint32(len(ly.arena))
	ly.arena = append(ly.arena, raw...)
	ly.patterns = append(ly.patterns, pattern{entry, off, uint8(len(raw)), kind, ly.plain(raw), gaps})
}

// addParts stores the longer words of a name of several words, and two words in
// the other order: sellers write "McQueen" and "맥퀸알렉산더".
func (ly *layer) addParts(id int32, syms []symbol) {
	words := splitWords(syms)
	if len(words) < 2 {
		return
	}
	for _, w := range words {
		if distinctWord(w) {
			ly.add(id, patternPart, w)
		}
	}
	if len(words) == 2 {
		ly.add(id, patternSwapped, append(append([]symbol{}, words[1]...), words[0]...))
	}
}

func splitWords(syms []symbol) [][]symbol {
	var words [][]symbol
	start := 0
	for i := 1; i <= len(syms); i++ {
		if i == len(syms) || syms[i].flag&gapSpace != 0 {
			words = append(words, syms[start:i])
			start = i
		}
	}
	return words
}

// distinctWord: long enough to say something on its own.
func distinctWord(w []symbol) bool {
	switch scriptOf(w[0].base) {
	case scriptLatin:
		return len(w) >= 5
	case scriptHangul:
		return units(w) >= 2
	}
	return units(w) >= 3
}

// units counts the runes that symbols came from: letters, syllables, ideographs.
func units(syms []symbol) int {
	n := 0
	for _, s := range syms {
		if s.flag&flagFirst != 0 {
			n++
		}
	}
	return n
}

// initialsOf returns the onsets of an all-Hangul wording of two to six
// syllables; nil for others and for initials that chat uses for other things.
func initialsOf(syms []symbol) []uint16 {
	var out []uint16
	for _, s := range syms {
		if !isJamo(s.base) {
			return nil
		}
		if s.flag&flagFirst != 0 {
			out = append(out, s.base)
		}
	}
	if len(out) > 6 || chatter[string16(out)] {
		return nil
	}
	return out
}

// chatter lists initials that mean something else in everyday messages.
var chatter = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields("ㄱㅅ ㅋㅋ ㅎㅎ ㅇㅇ ㄴㄴ ㄱㄱ ㅂㅂ ㅇㅋ ㄷㄷ ㅅㅅ ㅈㅅ ㅊㅊ ㅁㅊ ㅇㅈ ㄹㅇ ㅋㄷ ㅂㄷ ㅎㅇ ㅅㄱ ㄴㅇ ㄱㅊ ㅅㅂ ㅇㄷ ㅁㄹ ㄱㄷ") {
		m[string16(symbols(s))] = true
	}
	return m
}()

func string16(s []uint16) string {
	var b strings.Builder
	for _, v := range s {
		b.WriteRune(rune(v))
	}
	return b.String()
}

func (ly *layer) bytes() int {
	n := ly.auto.bytes() + cap(ly.arena)*2 + cap(ly.patterns)*24 + ly.near.bytes()
	return n + ly.phrases.bytes()
}

// plain reports whether a wording is an everyday word or so short that it may
// be one in some language.
func (ly *layer) plain(raw []uint16) bool {
	n := len(unitStarts(raw)) - 1
	if isLatin(raw[0]) && n < 5 || !isLatin(raw[0]) && n < 3 {
		return true
	}
	return ly.vocab.ordinary[string16(raw)]
}
