package lexicon

import (
	"math/bits"
	"unicode/utf8"
)

// A candidate is one place where a text may name a brand.
type candidate struct {
	layer   *layer
	pattern int32
	field   *fieldText
	start   int // symbols
	end     int
	dis     disguise
	// similarity is 1 for a wording that is there letter by letter.
	similarity float64
	loose      looseness
}

// looseness says how a candidate sits among its neighbours.
type looseness uint8

const (
	looseInside   looseness = 1 << iota // part of a longer word
	looseEmbedded                       // Han or long Hangul name inside running text
	looseSplit                          // two or three pieces that may be words of their own
	looseSpread                         // every letter on its own
	looseSuffix                         // a longer word made from the name: Guccini
	looseAccents                        // several accents that the wording does not have
)

func (c *candidate) p() *pattern   { return &c.layer.patterns[c.pattern] }
func (c *candidate) entry() *Entry { return &c.layer.entries[c.p().entry] }

// verify checks a hit of the automaton against the text and describes how the
// name is written there; false if it is no mention of the name at all.
func (c *candidate) verify() bool {
	f, p := c.field, c.p()
	want := c.layer.symbolsOf(p)
	if f.syms[c.start].flag&flagFirst == 0 || f.syms[c.end].flag&flagLast == 0 {
		return false
	}
	c.similarity = 1
	swaps := c.compareLetters(want)
	if swaps*2 > len(want)+len(want)/4 || swaps > 0 && (len(want) < 4 || p.kind != patternFull && p.kind != patternSwapped) {
		return false
	}
	spaces, places, wide := c.compareGaps(p)
	if !c.settle(spaces, places, wide) {
		return false
	}
	return c.acceptKind(p, want)
}

// compareLetters notes how letters were replaced, and returns how many were.
func (c *candidate) compareLetters(want []uint16) int {
	swaps, accents := 0, 0
	initials := c.p().kind == patternInitials
	for i, w := range want {
		s := c.field.syms[c.start+i]
		if s.base != w {
			swaps++
			if isDigit(s.base) || s.flag&asLeet != 0 || isDigit(w) {
				c.dis |= byLeet
			} else {
				c.dis |= byConfusable
				c.similarity -= 0.3 / float64(len(want))
			}
		} else if s.flag&asLeet != 0 {
			c.dis |= byLeet
		}
		c.dis |= writing(s.flag)
		if s.flag&asAccent != 0 {
			accents++
		}
	}
	if accents > 1 && isASCII(c.entry().Text) {
		c.loose |= looseAccents
	}
	if initials {
		c.dis = c.dis&^byJamo | byInitials
	}
	return swaps
}

// writing translates how a rune was written.
func writing(f symbolFlag) disguise {
	var d disguise
	if f&asWidth != 0 {
		d |= byWidth
	}
	if f&asConfusable != 0 {
		d |= byConfusable
	}
	if f&asAccent != 0 {
		d |= byAccent
	}
	if f&asJamo != 0 {
		d |= byJamo
	}
	if f&asVariant != 0 {
		d |= byVariant
	}
	return d
}

// compareGaps notes what was put between the letters. places counts where a
// space could stand that the wording does not have itself.
func (c *candidate) compareGaps(p *pattern) (spaces, places int, wide bool) {
	for i := 1; i <= c.end-c.start; i++ {
		g := c.field.syms[c.start+i].flag
		own := i < 64 && p.gaps>>i&1 != 0
		if g&flagFirst != 0 && !own {
			places++
		}
		if g&gapUnseen != 0 {
			c.dis |= byUnseen
		}
		if g&gapMark != 0 {
			c.dis |= byMarks
		}
		if g&gapPicture != 0 {
			c.dis |= byPicture
		}
		if own {
			continue
		}
		if g&(gapPunct|gapMask) != 0 {
			c.dis |= byPunct
		}
		if g&gapSpace != 0 {
			spaces++
			wide = wide || g&gapWide != 0
		}
	}
	return spaces, places, wide
}

// settle decides how the find sits among its neighbours; false for letters that
// merely meet across words.
func (c *candidate) settle(spaces, places int, wide bool) bool {
	f := c.field
	left := f.breakBefore(c.start) || f.marks[c.start]&(markWordEnd|markAffixEnd) != 0
	right := f.wordEndAfter(c.end) || f.marks[c.end+1]&(markWord|markAffix) != 0
	kind := scriptOf(f.syms[c.end].base)
	gapped := c.dis&(byPunct|byPicture) != 0
	if kind == scriptLatin && left && spaces == 0 && !f.breakBefore(c.end+1) && f.marks[c.end+1]&markAffix != 0 {
		c.dis |= byNear
		c.loose |= looseSuffix
	}
	switch {
	case spaces > 0:
		spread := spaces == places && places > 1
		if kind == scriptHan && spread {
			left, right = true, true
		}
		if !left || !right && kind != scriptHan {
			return false
		}
		c.dis |= bySpacing
		switch {
		case spaces == places && places > 1:
			c.loose |= looseSpread
		case wide:
		default:
			c.loose |= looseSplit
		}
		if c.dis&byPunct != 0 && spaces < places {
			c.loose |= looseSplit // across a comma or full stop
		}
	case kind == scriptLatin && left && !right:
		if !c.suffix() {
			return false
		}
	case kind == scriptHan:
		if !f.breakBefore(c.start) || !f.breakBefore(c.end+1) {
			c.loose |= looseEmbedded
		}
	case !left || !right:
		if gapped && c.dis&(byUnseen|byPicture) == 0 {
			return false
		}
		n := units(f.syms[c.start : c.end+1])
		switch {
		case kind == scriptHangul && n >= 4, c.dis&(byUnseen|byPicture) != 0 && n >= 3:
			c.loose |= looseEmbedded
		default:
			c.loose |= looseInside
		}
	}
	return true
}

// maxSuffix is the longest ending that still leaves the name recognisable.
const maxSuffix = 5

// suffix accepts a longer Latin word that begins with the name, as look-alike.
func (c *candidate) suffix() bool {
	if len(c.layer.symbolsOf(c.p())) < 4 {
		return false
	}
	for i := 1; i <= maxSuffix; i++ {
		at := c.end + 1 + i
		if at > len(c.field.syms) {
			return false
		}
		if c.field.breakBefore(at) {
			c.dis |= byNear
			c.loose |= looseSuffix
			return true
		}
	}
	return false
}

// acceptKind applies the stricter rules of abbreviations, initials and parts.
func (c *candidate) acceptKind(p *pattern, want []uint16) bool {
	f := c.field
	whole := f.breakBefore(c.start) && f.wordEndAfter(c.end)
	switch p.kind {
	case patternShort, patternInitials:
		if !whole || c.dis&(bySpacing|byPunct|byPicture|byLeet) != 0 {
			return false
		}
		if p.kind == patternShort && isLatin(want[0]) && !c.capitals() {
			return false
		}
	case patternPart:
		c.dis |= byPart
		return whole && c.dis&bySpacing == 0 || c.loose == looseSuffix
	case patternSwapped:
		c.dis |= byOrder
	case patternFull:
		if e := c.entry(); e.Derived {
			c.dis |= byTransliteration
			if len(want) <= 4 && isJamo(want[0]) || len(want) <= 3 {
				if isHan(want[0]) {
					whole = f.breakBefore(c.start)
				}
				return whole && c.dis&(bySpacing|byPunct) == 0
			}
		}
		if len(want) < 4 && isLatin(want[0]) {
			if ordinary := c.layer.vocab.ordinary[string16(want)]; ordinary && !c.capitals() {
				return false // "tag" is not TAG
			}
			return whole || c.loose&looseSpread != 0
		}
	}
	return true
}

// capitals reports whether the candidate is written in capitals throughout.
func (c *candidate) capitals() bool {
	for _, s := range c.field.syms[c.start : c.end+1] {
		if s.flag&(asUpper|asWidth) == 0 {
			return false
		}
	}
	return true
}

// span returns the bytes that a candidate covers.
func (f *fieldText) span(start, end int) (from, to int) {
	from = int(f.syms[start].at)
	at := int(f.syms[end].at)
	_, n := utf8.DecodeRuneInString(f.text[at:])
	return from, at + n
}

// verifyNear checks a near miss found by the prober: what lies between its
// letters and at its ends.
func (c *candidate) verifyNear() bool {
	p := c.p()
	if c.dis&(byTypo|bySound) != 0 && c.everyday() {
		return false
	}
	spaces, places := 0, 0
	for i := c.start; i <= c.end; i++ {
		s := c.field.syms[i]
		c.dis |= writing(s.flag)
		if s.flag&asLeet != 0 || isDigit(s.base) {
			c.dis |= byLeet
		}
		if i == c.start {
			continue
		}
		if s.flag&flagFirst != 0 {
			places++
		}
		if s.flag&gapUnseen != 0 {
			c.dis |= byUnseen
		}
		if s.flag&gapPicture != 0 {
			c.dis |= byPicture
		}
		if s.flag&gapPunct != 0 && c.dis&byMasked == 0 {
			c.dis |= byPunct
		}
		if s.flag&gapSpace != 0 {
			spaces++
		}
	}
	if own := gapCount(p.gaps); spaces > own {
		c.dis |= bySpacing
		c.loose |= looseSplit
		if spaces > own+1 {
			return false
		}
	}
	f := c.field
	left := f.breakBefore(c.start) || f.marks[c.start]&(markWordEnd|markAffixEnd) != 0
	right := f.wordEndAfter(c.end) || f.marks[c.end+1]&(markWord|markAffix) != 0
	if scriptOf(f.syms[c.end].base) == scriptHan {
		if !left || !right {
			c.loose |= looseEmbedded
		}
		return true
	}
	return left && right
}

// everyday reports whether what stands there is a word of its own: "base" is no
// misspelled Bose.
func (c *candidate) everyday() bool {
	f := c.field
	if f.marks[c.start]&markWord != 0 && f.marks[c.end+1]&markWordEnd != 0 && c.end-c.start < 16 {
		return true
	}
	var b [48]byte
	text := b[:0]
	for _, s := range f.syms[c.start : c.end+1] {
		if len(text) > 40 {
			return false
		}
		text = utf8.AppendRune(text, rune(s.base))
	}
	return c.layer.vocab.ordinary[string(text)]
}

func gapCount(g uint64) int {
	n := 0
	for ; g != 0; g &= g - 1 {
		n++
	}
	return n
}

// better reports whether c says more about its brand than o. On the same spot
// the plainer reading counts: Bvlgari is the name itself if that is registered,
// not a disguised Bulgari.
func (c *candidate) better(o *candidate) bool {
	if c.field == o.field && c.start == o.start && c.end == o.end {
		if c.similarity != o.similarity {
			return c.similarity > o.similarity
		}
		if a, b := bits.OnesCount32(uint32(c.dis)), bits.OnesCount32(uint32(o.dis)); a != b {
			return a < b
		}
	}
	d := c.strength() - o.strength()
	return d > 0 || d == 0 && o.entry().AssetID == ""
}

// strength is how surely the candidate names its brand, in log-odds.
func (c *candidate) strength() float64 {
	sum := 0.0
	c.features(weights(), func(_ string, w float64) { sum += w })
	return sum
}

// features passes on what the form of the name says.
func (c *candidate) features(w *weightSet, add func(code string, weight float64)) {
	n := units(c.field.syms[c.start : c.end+1])
	if c.dis&byMasked != 0 {
		n = len(unitStarts(c.layer.symbolsOf(c.p()))) - 1
	}
	fuzzy := c.dis&(byTypo|bySound|byMasked) != 0
	switch k := c.p().kind; {
	case k == patternPart:
		add("name_part", w.NamePart)
	case k == patternShort || k == patternInitials:
		add("name_short", w.NameShort)
	case fuzzy:
		add("name_similar", w.NameSimilar)
	case c.entry().Derived:
		add("name_proposed", w.NameProposed*c.entry().Weight-1.1)
	default:
		add("name_registered", w.NameRegistered)
	}
	switch p := c.p(); {
	case fuzzy || p.kind == patternShort || p.kind == patternInitials || p.kind == patternPart:
	case !p.plain:
		add("name_distinct", w.NameDistinct)
	case c.layer.vocab.ordinary[string16(c.layer.symbolsOf(p))]:
		add("name_ordinary", w.NameOrdinary)
	}
	if c.dis&byNear != 0 {
		add("name_lookalike", w.NameLookalike)
	}
	if c.similarity < 1 {
		add("name_doubt", w.NameDoubt*(1-c.similarity))
	}
	if brief(c, n) {
		add("name_brief", w.NameBrief)
	}
	if c.dis&deliberate != 0 || c.loose&looseAccents != 0 {
		add("disguised", w.Disguised)
	}
	switch {
	case c.loose&looseSpread != 0 && n > 2:
		add("spaced_out", w.SpacedOut)
	case c.loose&looseSplit != 0:
		add("split_in_two", w.SplitInTwo)
	}
	if c.loose&looseInside != 0 {
		add("inside_word", w.InsideWord)
	}
	if c.loose&looseEmbedded != 0 {
		add("running_text", w.RunningText)
	}
}

// brief: so short that the same letters often stand there by chance.
func brief(c *candidate, units int) bool {
	uncertain := c.dis&(byTypo|bySound|byMasked|bySpacing) != 0 || c.loose&looseEmbedded != 0
	if isLatin(c.field.syms[c.start].base) {
		return units <= 3 || units == 4 && uncertain
	}
	return units <= 2 && (uncertain || c.entry().Derived)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
