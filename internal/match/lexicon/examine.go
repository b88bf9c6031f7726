package lexicon

import (
	"cmp"
	"strings"
)

// An examiner holds the working memory of one examination; it is pooled.
type examiner struct {
	k      *skeletonizer
	fields []*fieldText
	spare  []*fieldText
	prober prober
	scan   phraseScratch
	cands  []candidate
	found  []phraseFind
	best   map[string]int // brand -> index in cands
	// branded holds the brands that the listing's brand field names.
	branded map[string]bool
}

type phraseFind struct {
	layer *layer
	field *fieldText
	hit   phraseHit
}

func newExaminer() *examiner {
	return &examiner{k: newSkeletonizer(), best: map[string]int{}, branded: map[string]bool{}}
}

// Bounds on what one document may cost.
const (
	maxFieldBytes = 2 << 20
	maxCandidate  = 1 << 14
	maxFindings   = 64
)

// Examine reports what the document says about protected wordings, best first:
// suspected infringements and, with low scores, uses that were excused. Fields
// are read up to 2 MiB each. Time is linear in the size of the document.
func (l *Lexicon) Examine(doc Document) []Finding {
	x := l.pool.Get().(*examiner)
	defer l.pool.Put(x)
	x.read(l, doc)
	return newScorer(l, x, doc).findings()
}

// read takes in a document and collects what may be found in it.
func (x *examiner) read(l *Lexicon, doc Document) {
	x.reset()
	for _, f := range doc.Fields {
		x.addField(l.vocab, f.Name, f.Text)
	}
	if doc.BrandField != "" {
		x.addField(l.vocab, "brand", doc.BrandField)
	}
	for _, f := range x.fields {
		for _, ly := range l.layers {
			x.findNames(ly, f)
			x.findPhrases(ly, f)
		}
	}
}

func (x *examiner) reset() {
	x.spare = append(x.spare, x.fields...)
	for _, f := range x.spare {
		f.text, f.name = "", ""
		if cap(f.syms) > 1<<17 { // do not keep what an outsized text needed
			f.syms, f.hits, f.marks = nil, nil, nil
		}
	}
	x.fields = x.fields[:0]
	clear(x.cands)
	x.cands, x.found = x.cands[:0], x.found[:0]
	clear(x.best)
	clear(x.branded)
}

func (x *examiner) newField(name, text string) *fieldText {
	var f *fieldText
	if n := len(x.spare); n > 0 {
		f, x.spare = x.spare[n-1], x.spare[:n-1]
	} else {
		f = &fieldText{}
	}
	f.name, f.text = name, text
	x.fields = append(x.fields, f)
	return f
}

// addField reads a field, and a second time with punctuation as letters where
// that may hide something.
func (x *examiner) addField(v *vocabulary, name, text string) {
	if len(text) > maxFieldBytes {
		text = strings.ToValidUTF8(text[:maxFieldBytes], "")
	}
	f := x.newField(name, text)
	f.syms = append(f.syms[:0], x.k.read(text, false)...)
	f.leet = false
	v.spot(f)
	if !x.k.leet {
		return
	}
	g := x.newField(name, text)
	g.syms = append(g.syms[:0], x.k.read(text, true)...)
	g.leet = true
	v.spot(g)
}

// findNames collects exact and near mentions.
func (x *examiner) findNames(ly *layer, f *fieldText) {
	ly.auto.find(f.syms, func(p int32, end int) {
		if ly.entries[ly.patterns[p].entry].Kind != KindName {
			return
		}
		x.consider(candidate{layer: ly, pattern: p, field: f, start: end + 1 - int(ly.patterns[p].n), end: end})
	})
	x.prober.run(ly, f, func(p int32, start, end int, how disguise, sim float64) {
		c := candidate{layer: ly, pattern: p, field: f, start: start, end: end, dis: how, similarity: sim}
		if c.verifyNear() {
			x.keep(c)
		}
	})
}

func (x *examiner) consider(c candidate) {
	if c.verify() {
		x.keep(c)
	}
}

// keep remembers the strongest candidate of each brand.
func (x *examiner) keep(c candidate) {
	id := c.entry().BrandID
	if c.field.name == "brand" && c.similarity == 1 {
		x.branded[id] = true
	}
	if i, ok := x.best[id]; ok {
		if c.better(&x.cands[i]) {
			x.cands[i] = c
		}
		return
	}
	if len(x.cands) < maxCandidate {
		x.best[id] = len(x.cands)
		x.cands = append(x.cands, c)
	}
}

func (x *examiner) findPhrases(ly *layer, f *fieldText) {
	for _, h := range ly.phrases.find(f, &x.scan) {
		x.found = append(x.found, phraseFind{ly, f, h})
	}
}

// byScore orders findings: best first, then by brand and place.
func byScore(a, b Finding) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.BrandID, b.BrandID), cmp.Compare(a.Kind, b.Kind))
}
