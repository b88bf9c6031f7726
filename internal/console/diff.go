package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"assay/internal/listing"
)

// change is one field that differs between two revisions.
type change struct {
	Field   string // message key "field.<Field>", or the name of an attribute
	Name    string // of the attribute, when Field is "attribute"
	Pieces  []piece
	Added   []string // hashes of pictures
	Removed []string
}

// piece is a stretch of words that stayed, went or came.
type piece struct {
	Text string
	Kind string // "", "del" or "ins"
}

// compareAll says of each revision, newest first, what it changed.
func compareAll(revs []listing.Revision) []revisionView {
	var out []revisionView
	for i, r := range revs {
		v := revisionView{Revision: r}
		if i+1 < len(revs) {
			v.Changes = compareOffers(revs[i+1].Offer, r.Offer)
		}
		out = append(out, v)
	}
	return out
}

func compareOffers(old, now listing.Offer) []change {
	var out []change
	text := func(field, name, a, b string) {
		if a != b {
			out = append(out, change{Field: field, Name: name, Pieces: compareWords(a, b)})
		}
	}
	text("title", "", old.Title, now.Title)
	text("brand", "", old.Brand, now.Brand)
	text("price", "", amount(old.Price), amount(now.Price))
	text("category", "", old.Category, now.Category)
	text("condition", "", old.Condition, now.Condition)
	text("gtin", "", old.GTIN, now.GTIN)
	text("link", "", old.Link, now.Link)
	text("country", "", old.Country, now.Country)
	for _, k := range slices.Sorted(maps.Keys(joined(old.Attributes, now.Attributes))) {
		text("attribute", k, old.Attributes[k], now.Attributes[k])
	}
	text("description", "", old.Description, now.Description)
	if c, ok := comparePictures(old.Pictures, now.Pictures); ok {
		out = append(out, c)
	}
	return out
}

func joined(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

func amount(m *listing.Money) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%v %s", m.Major(), m.Currency)
}

func comparePictures(old, now []listing.Picture) (change, bool) {
	key := func(p listing.Picture) string { return p.Hash + "|" + p.URL }
	c := change{Field: "pictures"}
	in := func(list []listing.Picture, p listing.Picture) bool {
		return slices.ContainsFunc(list, func(q listing.Picture) bool { return q.Hash != "" && q.Hash == p.Hash || key(p) == key(q) })
	}
	for _, p := range now {
		if !in(old, p) {
			c.Added = append(c.Added, p.Hash)
		}
	}
	for _, p := range old {
		if !in(now, p) {
			c.Removed = append(c.Removed, p.Hash)
		}
	}
	return c, len(c.Added)+len(c.Removed) > 0
}

// maxDiffWords bounds the table of the comparison; longer texts are compared
// by what their beginnings and ends share.
const maxDiffWords = 600

// compareWords says which words of a went and which of b came: equal ends are
// set aside, the middle is compared by longest common subsequence.
func compareWords(a, b string) []piece {
	x, y := words(a), words(b)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	var p pieces
	p.add("", x[:head]...)
	mx, my := x[head:len(x)-tail], y[head:len(y)-tail]
	if len(mx) > maxDiffWords || len(my) > maxDiffWords {
		p.add("del", mx...)
		p.add("ins", my...)
	} else {
		p.compare(mx, my)
	}
	p.add("", x[len(x)-tail:]...)
	return p.list
}

// words splits a text so that joining gives it back. Scripts without spaces
// are split by character.
func words(s string) []string {
	var out []string
	var b strings.Builder
	kind := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 1
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || unicode.IsPunct(r):
			return 2
		}
		return 0
	}
	last := -1
	for _, r := range s {
		if k := kind(r); k != last || k == 2 {
			if b.Len() > 0 {
				out = append(out, b.String())
				b.Reset()
			}
			last = k
		}
		b.WriteRune(r)
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

type pieces struct{ list []piece }

func (p *pieces) add(kind string, words ...string) {
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, "")
	if n := len(p.list); n > 0 && p.list[n-1].Kind == kind {
		p.list[n-1].Text += text
		return
	}
	p.list = append(p.list, piece{text, kind})
}

// compare is the textbook longest common subsequence, from the ends.
func (p *pieces) compare(x, y []string) {
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			p.add("", x[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			p.add("del", x[i])
			i++
		default:
			p.add("ins", y[j])
			j++
		}
	}
	p.add("del", x[i:]...)
	p.add("ins", y[j:]...)
}
