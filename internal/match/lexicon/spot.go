package lexicon

// A wordHit is a word of the vocabulary in a field's skeleton.
type wordHit struct {
	word       int32
	start, end int32 // first and last symbol
	off        bool  // cancelled, denied or hidden by a longer word
	denied     bool
}

// What is known about a place in a skeleton; see fieldText.marks.
const (
	markParticle = 1 << iota // a particle fills the rest of the word from here
	markWord                 // a word of the vocabulary starts here
	markWordEnd              // a word of the vocabulary ends just before here
	markAffix                // an affix starts here and ends its word
	markAffixEnd             // an affix that starts a word ends just before here
)

// A fieldText is one field made ready: skeleton, words, marks.
type fieldText struct {
	name  string
	text  string
	syms  []symbol
	hits  []wordHit
	marks []uint8 // one per symbol, and one for the end
	leet  bool    // the second reading, with punctuation as letters
}

// breakBefore reports whether a word may begin at symbol i: after a gap, a
// change of script or of case (gucciBag).
func (f *fieldText) breakBefore(i int) bool {
	if i <= 0 || i >= len(f.syms) {
		return true
	}
	s, p := f.syms[i], f.syms[i-1]
	if s.flag&gapHard != 0 {
		return true
	}
	if scriptOf(s.base) != scriptOf(p.base) {
		return true
	}
	if s.flag&asUpper != 0 && p.flag&(asUpper|asLeet) == 0 && s.flag&flagFirst != 0 && isLatin(p.base) {
		return true
	}
	return s.flag&asLeet != 0 || p.flag&asLeet != 0
}

// wordEndAfter reports whether a Hangul word may end after symbol i: at a break
// or before a particle.
func (f *fieldText) wordEndAfter(i int) bool {
	return f.breakBefore(i+1) || f.marks[i+1]&markParticle != 0
}

// maxHits bounds the hits kept for one field.
const maxHits = 1 << 18

// spot finds the vocabulary's words in the field.
func (v *vocabulary) spot(f *fieldText) {
	f.hits = f.hits[:0]
	if cap(f.marks) < len(f.syms)+1 {
		f.marks = make([]uint8, len(f.syms)+1)
	}
	f.marks = f.marks[:len(f.syms)+1]
	clear(f.marks)
	v.auto.find(f.syms, func(p int32, end int) {
		w := &v.words[p]
		start := end + 1 - len(w.syms)
		if len(f.hits) == maxHits || !f.spelled(w, start, end) {
			return
		}
		switch v.terms[w.term].role {
		case roleParticle, roleAffix:
			f.markEnds(v.terms[w.term].role, start, end)
		default:
			f.hits = append(f.hits, wordHit{word: p, start: int32(start), end: int32(end)})
		}
	})
	kept := f.hits[:0]
	for _, h := range f.hits {
		if v.stands(f, h) {
			kept = append(kept, h)
			f.mark(v, h)
		}
	}
	f.hits = kept
	v.cancel(f)
}

// spelled checks a hit letter by letter: look-alike digits and letters pass in
// words of some length, but digits of the wording must be digits, apart from
// one another where the wording has them apart ("1:1").
func (f *fieldText) spelled(w *word, start, end int) bool {
	if f.syms[start].flag&flagFirst == 0 || f.syms[end].flag&flagLast == 0 {
		return false
	}
	swaps := 0
	for i, want := range w.syms {
		got := f.syms[start+i]
		if got.base != want {
			if isDigit(want) || len(w.syms) < 4 && !(isDigit(got.base) && len(w.syms) == 3 && w.syms[0] != want) {
				return false
			}
			swaps++
		}
		if i == 0 {
			if isDigit(want) && start > 0 && isDigit(f.syms[start-1].base) && got.flag&gapAny == 0 {
				return false
			}
			continue
		}
		digits := isDigit(want) && isDigit(w.syms[i-1])
		if digits && (w.gaps>>i&1 != 0) != (got.flag&gapAny != 0) {
			return false
		}
	}
	if last := w.syms[len(w.syms)-1]; isDigit(last) && end+1 < len(f.syms) && isDigit(f.syms[end+1].base) && f.syms[end+1].flag&gapAny == 0 {
		return false
	}
	return swaps*3 <= len(w.syms)
}

// stands checks that the hit is a word of its own and not a piece of another.
func (v *vocabulary) stands(f *fieldText, h wordHit) bool {
	w := &v.words[h.word]
	start, end := int(h.start), int(h.end)
	if !f.innerGaps(w, start) {
		return false
	}
	first, last := scriptOf(w.syms[0]), scriptOf(w.syms[len(w.syms)-1])
	left, right := f.breakBefore(start), f.breakBefore(end+1)
	switch {
	case first == scriptHangul && last == scriptHangul:
		return standsHangul(f, w, start, end, v.terms[w.term].role)
	case first == scriptHan:
		return len(w.syms) > 1 || v.terms[w.term].role != roleGoods || right
	case last == scriptLatin && !right:
		right = f.syms[end+1].base == 's' && f.breakBefore(end+2)
	case last == scriptHan || last == scriptHangul:
		right = true
	}
	return left && right
}

// innerGaps refuses words whose letters only meet across gaps that the wording
// does not have, unless all its letters are spaced out.
func (f *fieldText) innerGaps(w *word, start int) bool {
	extra, possible := 0, 0
	for i := 1; i < len(w.syms); i++ {
		s := f.syms[start+i]
		if s.flag&flagFirst == 0 {
			continue
		}
		possible++
		if s.flag&gapSpace != 0 && w.gaps>>i&1 == 0 {
			extra++
		}
	}
	return extra == 0 || extra == possible && possible > 1 || isHan(w.syms[0]) && extra == 1 && len(w.syms) > 3
}

func standsHangul(f *fieldText, w *word, start, end int, r role) bool {
	left, right := f.breakBefore(start), f.wordEndAfter(end)
	switch {
	case r == roleCompatibleAfter:
		return right
	case w.units == 1 && r == roleGoods:
		return right && (left || f.inWord(start, 2)) // 호보백: a head behind two syllables
	case w.units == 1:
		return left && right
	case w.units == 2:
		switch r {
		case roleGoods, roleClaim, roleHint, roleCancel, roleIgnore:
			return right || left && (r == roleIgnore || r == roleCancel)
		}
		return left && right
	}
	return left || right || w.units >= 4
}

// inWord reports whether n syllables of the same word stand before symbol i.
func (f *fieldText) inWord(i, n int) bool {
	for ; n > 0; n-- {
		if f.breakBefore(i) {
			return false
		}
		for i--; i > 0 && f.syms[i].flag&flagFirst == 0; i-- {
		}
	}
	return true
}

// markEnds notes where a particle or an affix would let a name end or begin.
func (f *fieldText) markEnds(r role, start, end int) {
	switch {
	case !f.breakBefore(end + 1):
	case r == roleParticle:
		f.marks[start] |= markParticle
	default:
		f.marks[start] |= markAffix
	}
	if r == roleAffix && f.breakBefore(start) {
		f.marks[end+1] |= markAffixEnd
	}
}

func (f *fieldText) mark(v *vocabulary, h wordHit) {
	switch v.terms[v.words[h.word].term].role {
	case roleIgnore, roleDenyBefore, roleDenyAfter, roleCompatibleBefore, roleCompatibleAfter, roleCancel:
	default:
		f.marks[h.start] |= markWord
		f.marks[h.end+1] |= markWordEnd
	}
}

// How far, in letters, a word that cancels or denies may stand from its target.
const (
	cancelReach = 40
	denyReach   = 16
)

// cancel switches off hits that longer words hide, that an `unless` word near
// them explains, or that are denied.
func (v *vocabulary) cancel(f *fieldText) {
	for i := range f.hits {
		h := &f.hits[i]
		t := &v.terms[v.words[h.word].term]
		switch t.role {
		case roleIgnore:
			v.near(f, i, 0, func(o *wordHit, ot *term) {
				if o.start >= h.start && o.end <= h.end && ot.role != roleIgnore {
					o.off = true
				}
			})
		case roleCancel:
			if v.within(f, i, t.target) {
				continue
			}
			v.near(f, i, cancelReach, func(o *wordHit, ot *term) {
				if int(v.words[o.word].term) == t.target {
					o.off = true
				}
			})
		case roleDenyBefore:
			v.near(f, i, denyReach, func(o *wordHit, ot *term) {
				if o.start > h.end && (ot.role == roleClaim || ot.role == roleHint) {
					o.denied = true
				}
			})
		case roleDenyAfter:
			v.near(f, i, denyReach, func(o *wordHit, ot *term) {
				if o.end < h.start && (ot.role == roleClaim || ot.role == roleHint) {
					o.denied = true
				}
			})
		}
	}
	v.keepLongest(f)
}

// within reports whether hit i is a piece of a longer wording of the term:
// qualità specchio is no mirror.
func (v *vocabulary) within(f *fieldText, i, target int) bool {
	h, in := f.hits[i], false
	v.near(f, i, 0, func(o *wordHit, ot *term) {
		in = in || o.start <= h.start && o.end >= h.end && o.end-o.start > h.end-h.start && (ot.role == roleClaim || int(v.words[o.word].term) == target)
	})
	return in
}

// near calls do for the hits within reach letters of hit i, at most 128 on
// either side.
func (v *vocabulary) near(f *fieldText, i int, reach int32, do func(*wordHit, *term)) {
	h := f.hits[i]
	for j := i - 1; j >= 0 && j > i-128 && f.hits[j].end >= h.start-reach; j-- {
		do(&f.hits[j], &v.terms[v.words[f.hits[j].word].term])
	}
	for j := i + 1; j < len(f.hits) && j < i+128 && f.hits[j].end <= h.end+reach+64; j++ {
		if f.hits[j].start <= h.end+reach {
			do(&f.hits[j], &v.terms[v.words[f.hits[j].word].term])
		}
	}
}

// keepLongest switches off what is said inside a longer claim, kind of goods or
// proof: 짭 아닌 짭 is an offer, not a denial.
func (v *vocabulary) keepLongest(f *fieldText) {
	for i := range f.hits {
		h := &f.hits[i]
		t := &v.terms[v.words[h.word].term]
		if h.off || t.role != roleClaim && t.role != roleGoods && t.role != roleProof {
			continue
		}
		v.near(f, i, 0, func(o *wordHit, ot *term) {
			if o.start < h.start || o.end > h.end || o.end-o.start >= h.end-h.start {
				return
			}
			if t.role == roleGoods {
				o.off = o.off || ot.role == roleGoods
				return
			}
			if t.role == roleProof { // 平行进口 claims no tie as 进口 does
				o.off = o.off || ot.role == roleAffiliation
				return
			}
			switch ot.role {
			case roleClaim, roleHint, roleStyle, roleProof, roleGoods:
				o.off = true
			case roleDenyBefore, roleDenyAfter:
				h.denied = false
			}
		})
	}
}
