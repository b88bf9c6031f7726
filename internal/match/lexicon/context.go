package lexicon

import (
	"math/bits"
	"slices"
)

// A context is what the whole document says, whatever brand it names.
type context struct {
	goods    goodsSet // of title and category; of other fields if those name none
	claims   []said
	hints    []said
	denied   *said
	excuses  []said // compatible, disclaimer, second hand, proof, nominative, sense
	styles   []said
	ties     []said // affiliation
	usedItem bool
	parts    bool // the goods are, or include, a part or accessory
}

// gather sorts the vocabulary hits of all fields by role.
func (s *scorer) gather() {
	v := s.l.vocab
	var rest goodsSet
	for _, f := range s.x.fields {
		if f.leet {
			continue
		}
		for i := range f.hits {
			h := &f.hits[i]
			if h.off {
				continue
			}
			t := &v.terms[v.words[h.word].term]
			if t.groups > 0 && !v.groupsNear(f, i) {
				continue
			}
			if t.role == roleGoods {
				if f.name == "title" || f.name == "brand" {
					s.ctx.goods.add(t.goods)
				} else if v.goods[t.goods].trade { // what else a description mentions is seldom what is sold
					rest.add(t.goods)
				}
				continue
			}
			s.put(said{t, f, int(h.start), int(h.end)}, h.denied)
		}
	}
	s.ctx.goods = s.categoryGoods(s.ctx.goods)
	if s.ctx.goods.empty() {
		s.ctx.goods = rest
	}
	s.ctx.usedItem = isUsed(s.doc.Condition)
	_, _, s.ctx.parts = v.classes(s.ctx.goods)
}

// categoryGoods adds the kinds named by the listing's category.
func (s *scorer) categoryGoods(g goodsSet) goodsSet {
	if s.doc.Category == "" {
		return g
	}
	f := &fieldText{text: s.doc.Category}
	f.syms = append(f.syms, s.x.k.read(s.doc.Category, false)...)
	if len(f.syms) == 0 {
		return g
	}
	v := s.l.vocab
	v.spot(f)
	for _, h := range f.hits {
		if t := v.terms[v.words[h.word].term]; t.role == roleGoods && !h.off {
			g.add(t.goods)
		}
	}
	return g
}

func isUsed(condition string) bool {
	switch condition {
	case "used", "second_hand", "refurbished", "used_like_new", "used_good", "used_fair":
		return true
	}
	return false
}

// groupsNear reports whether every group of an `all` term is present near hit
// i, which must be of its first group.
func (v *vocabulary) groupsNear(f *fieldText, i int) bool {
	h := f.hits[i]
	w := &v.words[h.word]
	t := &v.terms[w.term]
	if w.group != 0 {
		return false
	}
	have := uint8(1)
	v.near(f, i, int32(t.within), func(o *wordHit, _ *term) {
		if ow := &v.words[o.word]; ow.term == w.term && (o.start > h.end || o.end < h.start) {
			have |= 1 << ow.group
		}
	})
	return bits.OnesCount8(have) == t.groups
}

func (s *scorer) put(w said, denied bool) {
	c := &s.ctx
	switch w.term.role {
	case roleClaim, roleHint:
		switch {
		case denied:
			c.denied = &w
		case w.term.role == roleClaim:
			c.claims = addSaid(c.claims, w)
		default:
			c.hints = addSaid(c.hints, w)
		}
	case roleStyle:
		c.styles = addSaid(c.styles, w)
	case roleAffiliation:
		c.ties = addSaid(c.ties, w)
	case roleCompatible, roleDisclaimer, roleSecondHand, roleProof, roleNominative, roleSense:
		c.excuses = addExcuse(c.excuses, w)
	}
}

// addSaid keeps the first saying of each term.
func addSaid(list []said, w said) []said {
	if slices.ContainsFunc(list, func(o said) bool { return o.term == w.term }) || len(list) >= 16 {
		return list
	}
	return append(list, w)
}

// addExcuse keeps the first saying of each term in each field.
func addExcuse(list []said, w said) []said {
	same := func(o said) bool { return o.term == w.term && o.field == w.field }
	if slices.ContainsFunc(list, same) || len(list) >= 32 {
		return list
	}
	return append(list, w)
}
