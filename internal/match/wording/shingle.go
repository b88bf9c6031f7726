// Package wording says how alike two texts are, whatever their script and
// however they are disguised, and finds texts like a given one among many.
//
// A text is read to the lexicon's letters and cut into shingles: overlapping
// runs of about two syllables or four Latin letters (A. Z. Broder, "On the
// resemblance and containment of documents", 1997). Likeness is the weighted
// share of shingles that two texts have in common, where rare shingles count
// more than those that every title has.
package wording

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode"

	"assay/internal/match/lexicon"
)

// shingle is one run of letters: its hash, and where it stands in the text.
type shingle struct {
	hash       uint32
	start, end int
}

// weight of a run of letters. An ideograph says as much as half a word.
const (
	runWeight   = 4
	hanWeight   = 2
	otherWeight = 1
)

// maxText bounds what is read of a text, in bytes.
const maxText = 4000

// shingles are the runs of a text, each hash once, in the order of the text.
func shingles(text string) []shingle {
	letters := lexicon.Fold(text[:min(len(text), maxText)])
	out := make([]shingle, 0, len(letters))
	seen := make(map[uint32]bool, len(letters))
	add := func(run []lexicon.Folded) {
		h := uint32(2166136261) // FNV-1a over the letters
		for _, l := range run {
			h = (h ^ uint32(l.Letter&0xff)) * 16777619
			h = (h ^ uint32(l.Letter>>8)) * 16777619
		}
		if !seen[h] {
			seen[h] = true
			out = append(out, shingle{h, run[0].Start, run[len(run)-1].End})
		}
	}
	end, weight := 0, 0
	for from := range letters {
		for weight < runWeight && end < len(letters) {
			weight += weigh(letters[end].Letter)
			end++
		}
		if weight >= runWeight || from == 0 {
			add(letters[from:end])
		}
		weight -= weigh(letters[from].Letter)
	}
	return out
}

func weigh(letter uint16) int {
	if unicode.Is(unicode.Han, rune(letter)) {
		return hanWeight
	}
	return otherWeight
}

// Fingerprint is the same for texts that read the same: disguises, spaces,
// punctuation and case do not count, the order of the texts does. Texts
// without a letter have none, "".
func Fingerprint(texts ...string) string {
	h, n := sha256.New(), 0
	for _, t := range texts {
		for _, l := range lexicon.Fold(t) {
			_, _ = h.Write([]byte{byte(l.Letter), byte(l.Letter >> 8)})
			n++
		}
		_, _ = h.Write([]byte{0, 0})
	}
	if n == 0 {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Span is a stretch of a text, in bytes.
type Span struct{ Start, End int }

// Shared are the stretches of text that other has too, in order, joined where
// they overlap, widened to nothing and never empty.
func Shared(text, other string) []Span {
	there := map[uint32]bool{}
	for _, s := range shingles(other) {
		there[s.hash] = true
	}
	var out []Span
	for _, s := range shingles(text) {
		if !there[s.hash] {
			continue
		}
		if n := len(out); n > 0 && s.start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.end)
		} else {
			out = append(out, Span{s.start, s.end})
		}
	}
	return out
}

// Likeness is the plain share of shingles that two texts have in common of
// those that either has (Jaccard), 0 to 1.
func Likeness(a, b string) float64 {
	x, y := shingles(a), shingles(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	there := make(map[uint32]bool, len(x))
	for _, s := range x {
		there[s.hash] = true
	}
	both := 0
	for _, s := range y {
		if there[s.hash] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}
