package lexicon

import (
	"math"
	"reflect"
)

// A Slope says how the score of one finding follows from the weights: its
// log-odds are Offset plus each weight times its feature.
type Slope struct {
	BrandID  string // empty for claims that name no brand
	Licensed bool
	Offset   float64
	Features map[string]float64 // by the weight's name; none is 0
}

// Slopes examines a document for somebody who fits the weights to labelled
// rows: every finding, also those too unlikely to be reported.
func (l *Lexicon) Slopes(doc Document) []Slope {
	x := l.pool.Get().(*examiner)
	defer l.pool.Put(x)
	x.read(l, doc)
	s := newScorer(l, x, doc)
	s.all = true
	s.dropCovered()
	base := s.weigh()
	out := make([]Slope, len(base))
	for i, f := range base {
		out[i] = Slope{BrandID: f.BrandID, Licensed: f.Licensed, Offset: logit(f.Score), Features: map[string]float64{}}
	}
	for name, at := range weightNames() {
		moved := *weights()
		v := reflect.ValueOf(&moved).Elem().Field(at)
		before := v.Float()
		v.SetFloat(before + 1)
		s.w = &moved
		for i, f := range s.weigh() {
			if d := logit(f.Score) - logit(base[i].Score); math.Abs(d) > 1e-9 {
				out[i].Features[name] = d
				out[i].Offset -= d * before
			}
		}
	}
	return out
}

// weightNames are the weights' names with their place in a weightSet.
func weightNames() map[string]int {
	out := map[string]int{}
	t := reflect.TypeFor[weightSet]()
	for i := range t.NumField() {
		out[t.Field(i).Tag.Get("yaml")] = i
	}
	return out
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
