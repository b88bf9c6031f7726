package main

import (
	"fmt"

	bobu "github.com/BobuSumisu/aho-corasick"
	anknown "github.com/anknown/ahocorasick"
	cloudflare "github.com/cloudflare/ahocorasick"
	petar "github.com/petar-dambovaliev/aho-corasick"

	"assay/internal/match/lexicon"
)

// A contender finds all patterns in texts.
type contender interface {
	// build takes the patterns, as letters of the skeleton.
	build(names, letters []string) error
	// ready prepares a text outside the clock; count is the clocked part.
	ready(original, letters string) any
	count(text any) int
}

var contenders = []struct {
	name  string
	about string
	make  func() contender
}{
	{"assay", "internal/match/lexicon", func() contender { return &ours{} }},
	{"bobusumisu", "BobuSumisu/aho-corasick v1.0.3, Walk", func() contender { return &walker{} }},
	{"petar-dfa", "petar-dambovaliev/aho-corasick 2025-04-24, DFA, IterOverlapping", func() contender { return &iterator{dfa: true} }},
	{"petar-nfa", "petar-dambovaliev/aho-corasick 2025-04-24, NFA, IterOverlapping", func() contender { return &iterator{} }},
	{"anknown", "anknown/ahocorasick 2019-09-04, MultiPatternSearch over runes", func() contender { return &runes{} }},
	{"cloudflare", "cloudflare/ahocorasick 2024-09-16, Match: each pattern once a text", func() contender { return &once{} }},
}

func called(name string) (contender, error) {
	for _, c := range contenders {
		if c.name == name {
			return c.make(), nil
		}
	}
	return nil, fmt.Errorf("no contender %q", name)
}

type ours struct{ m *lexicon.Bare }

func (o *ours) build(names, _ []string) (err error) {
	o.m, err = lexicon.NewBare(names)
	return err
}
func (o *ours) ready(original, _ string) any { return lexicon.ReadLetters(original) }
func (o *ours) count(text any) int           { return o.m.Count(text.(lexicon.Letters)) }

type walker struct{ t *bobu.Trie }

func (w *walker) build(_, letters []string) error {
	w.t = bobu.NewTrieBuilder().AddStrings(letters).Build()
	return nil
}
func (w *walker) ready(_, letters string) any { return []byte(letters) }
func (w *walker) count(text any) int {
	n := 0
	w.t.Walk(text.([]byte), func(_, _, _ int64) bool { n++; return true })
	return n
}

type iterator struct {
	dfa bool
	m   petar.AhoCorasick
}

func (i *iterator) build(_, letters []string) error {
	b := petar.NewAhoCorasickBuilder(petar.Opts{MatchKind: petar.StandardMatch, DFA: i.dfa})
	i.m = b.Build(letters)
	return nil
}
func (i *iterator) ready(_, letters string) any { return []byte(letters) }
func (i *iterator) count(text any) int {
	n := 0
	for it := i.m.IterOverlappingByte(text.([]byte)); it.Next() != nil; {
		n++
	}
	return n
}

type runes struct{ m anknown.Machine }

func (r *runes) build(_, letters []string) error {
	var list [][]rune
	for _, l := range letters {
		list = append(list, []rune(l))
	}
	if err := r.m.Build(list); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return nil
}
func (r *runes) ready(_, letters string) any { return []rune(letters) }
func (r *runes) count(text any) int          { return len(r.m.MultiPatternSearch(text.([]rune), false)) }

type once struct{ m *cloudflare.Matcher }

func (o *once) build(_, letters []string) error {
	o.m = cloudflare.NewStringMatcher(letters)
	return nil
}
func (o *once) ready(_, letters string) any { return []byte(letters) }
func (o *once) count(text any) int          { return len(o.m.Match(text.([]byte))) }
