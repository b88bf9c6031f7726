package lexicon

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"
)

//go:embed words/*.yaml
var wordFiles embed.FS

// A role is what a term of the vocabulary does in a text; see words/*.yaml.
type role uint8

const (
	roleNone role = iota
	roleClaim
	roleHint
	roleStyle
	roleAffiliation
	roleCompatible
	roleCompatibleBefore
	roleCompatibleAfter
	roleDisclaimer
	roleSecondHand
	roleProof
	roleNominative
	roleSense
	roleDenyBefore
	roleDenyAfter
	roleParticle
	roleAffix
	roleIgnore
	roleGoods
	roleCancel // takes the meaning of term.target away
)

var roleNames = map[string]role{
	"claim": roleClaim, "hint": roleHint, "style": roleStyle, "affiliation": roleAffiliation,
	"compatible": roleCompatible, "compatible_before": roleCompatibleBefore, "compatible_after": roleCompatibleAfter,
	"disclaimer": roleDisclaimer, "second_hand": roleSecondHand, "proof": roleProof, "nominative": roleNominative,
	"sense": roleSense, "deny_before": roleDenyBefore, "deny_after": roleDenyAfter, "particle": roleParticle,
	"affix": roleAffix, "ignore": roleIgnore,
}

// wordFile is the form of words/*.yaml and of an operator's own file.
type wordFile struct {
	Terms []struct {
		Code, Role     string
		Weight         float64
		Ko, En, Zh, It []string
		Unless         []string
		All            [][]string
		Within         int
	}
	Ordinary []struct{ Ko, En, Zh, It []string }
	Goods    []struct {
		Kind, Class    string
		Trade, Part    bool
		Ko, En, Zh, It []string
	}
}

// A term is one meaning with all its wordings.
type term struct {
	code   string
	role   role
	weight float64
	groups int // of an `all` term
	within int
	goods  int // index in vocabulary.goods of a roleGoods term
	target int // term cancelled by a roleCancel term
	can    bool
}

// goodsKind is one kind of goods.
type goodsKind struct {
	kind, class string
	trade, part bool
}

// A word is one wording of a term, as symbols.
type word struct {
	term  int32
	group uint8 // which group of an `all` term
	units uint8
	syms  []uint16
	gaps  uint64 // gaps the wording itself has
}

// vocabulary holds every word that gives a name its context. Immutable.
type vocabulary struct {
	terms []term
	goods []goodsKind
	words []word
	auto  *automaton
	// ordinary holds the skeletons of everyday words that brands are named by.
	ordinary map[string]bool
}

var builtin = sync.OnceValues(func() (*vocabulary, error) { return buildVocabulary(nil) })

// ErrWords marks a malformed word file.
var ErrWords = errors.New("lexicon: bad word file")

func loadVocabulary(extra []byte) (*vocabulary, error) {
	if len(bytes.TrimSpace(extra)) == 0 {
		return builtin()
	}
	return buildVocabulary(extra)
}

func buildVocabulary(extra []byte) (*vocabulary, error) {
	v := &vocabulary{ordinary: map[string]bool{}}
	k := newSkeletonizer()
	for _, name := range []string{"claims", "contexts", "goods", "ordinary"} {
		b, err := wordFiles.ReadFile("words/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("lexicon: built-in words: %w", err)
		}
		if err := v.addFile(k, b); err != nil {
			return nil, fmt.Errorf("words/%s.yaml: %w", name, err)
		}
	}
	if err := v.addFile(k, extra); err != nil {
		return nil, fmt.Errorf("operator's words: %w", err)
	}
	texts := make([][]uint16, len(v.words))
	for i, w := range v.words {
		texts[i] = w.syms
	}
	var err error
	v.auto, err = newAutomaton(texts, lossy)
	return v, err
}

// maxExtra bounds an operator's file.
const maxExtra = 4 << 20

func (v *vocabulary) addFile(k *skeletonizer, data []byte) error {
	if len(data) > maxExtra {
		return fmt.Errorf("%w: %d bytes; at most %d", ErrWords, len(data), maxExtra)
	}
	var f wordFile
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrWords, err)
	}
	for i, t := range f.Terms {
		r := roleNames[t.Role]
		if r == roleNone || t.Code == "" {
			return fmt.Errorf("%w: term %d (%q) needs a code and a known role, not %q", ErrWords, i+1, t.Code, t.Role)
		}
		if !isCode(t.Code) {
			return fmt.Errorf("%w: term %d: code %q is not in ReasonCodes", ErrWords, i+1, t.Code)
		}
		id := len(v.terms)
		v.terms = append(v.terms, term{code: t.Code, role: r, weight: t.Weight, groups: len(t.All), within: max(t.Within, 60), can: len(t.Unless) > 0})
		if err := v.addWords(k, id, 0, t.Ko, t.En, t.Zh, t.It); err != nil {
			return err
		}
		for g, list := range t.All {
			if err := v.addWords(k, id, g, list); err != nil {
				return err
			}
		}
		if len(t.Unless) > 0 {
			v.terms = append(v.terms, term{role: roleCancel, target: id})
			if err := v.addWords(k, len(v.terms)-1, 0, t.Unless); err != nil {
				return err
			}
		}
	}
	for _, o := range f.Ordinary {
		for _, w := range slices.Concat(o.Ko, o.En, o.Zh, o.It) {
			v.ordinary[fold16(w)] = true
		}
	}
	for i, g := range f.Goods {
		if g.Kind == "" || g.Class == "" {
			return fmt.Errorf("%w: goods %d needs kind and class", ErrWords, i+1)
		}
		v.terms = append(v.terms, term{code: "goods", role: roleGoods, goods: v.kindOf(g.Kind, g.Class, g.Trade, g.Part)})
		if err := v.addWords(k, len(v.terms)-1, 0, g.Ko, g.En, g.Zh, g.It); err != nil {
			return err
		}
	}
	return nil
}

// maxKinds is how many kinds of goods fit a goodsSet.
const maxKinds = 128

func (v *vocabulary) kindOf(kind, class string, trade, part bool) int {
	if i := slices.IndexFunc(v.goods, func(g goodsKind) bool { return g.kind == kind }); i >= 0 {
		return i
	}
	if len(v.goods) == maxKinds {
		return maxKinds - 1
	}
	v.goods = append(v.goods, goodsKind{kind, class, trade, part})
	return len(v.goods) - 1
}

func (v *vocabulary) addWords(k *skeletonizer, id, group int, lists ...[]string) error {
	for _, list := range lists {
		for _, text := range list {
			syms := k.read(text, false)
			if len(syms) == 0 || len(syms) > 64 || group > 7 {
				return fmt.Errorf("%w: %q must have 1 to 64 letters", ErrWords, text)
			}
			w := word{term: int32(id), group: uint8(group), units: uint8(units(syms))}
			for i, s := range syms {
				w.syms = append(w.syms, s.base)
				if i > 0 && s.flag&gapAny != 0 {
					w.gaps |= 1 << i
				}
			}
			v.words = append(v.words, w)
		}
	}
	return nil
}

// A goodsSet is a set of kinds of goods.
type goodsSet [maxKinds / 64]uint64

func (g *goodsSet) add(i int)     { g[i/64] |= 1 << (i % 64) }
func (g goodsSet) has(i int) bool { return g[i/64]&(1<<(i%64)) != 0 }
func (g goodsSet) empty() bool    { return g == goodsSet{} }

// classes returns all kinds that share a class with one in g, and what of g
// counterfeiters trade in, and whether g holds parts.
func (v *vocabulary) classes(g goodsSet) (same goodsSet, trade, part bool) {
	for i, a := range v.goods {
		if !g.has(i) {
			continue
		}
		trade = trade || a.trade
		part = part || a.part
		for j, b := range v.goods {
			if a.class == b.class {
				same.add(j)
			}
		}
	}
	return same, trade, part
}
