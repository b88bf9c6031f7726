package screening

import (
	"fmt"
	"slices"
	"testing"

	"assay/internal/registry"
	"assay/internal/verdict"
)

func TestSpecimensOfAnAnswer(t *testing.T) {
	found := func(d verdict.Decision, matched []string, scores ...float64) Answer {
		a := Answer{ID: "q", Decision: d, Matched: matched}
		for i, s := range scores {
			a.Matches = append(a.Matches, ScoredMatch{ID: string(rune('a' + i)), Score: s})
		}
		return a
	}
	for _, c := range []struct {
		name   string
		answer Answer
		match  []string
		want   string
	}{
		{"right", found(verdict.Block, []string{"a"}, 0.9), []string{"a"}, "hit a 0.9"},
		{"seen, not flagged", found(verdict.Pass, nil, 0.3), []string{"a"}, "missed a 0.3"},
		{"not seen", found(verdict.Pass, nil), []string{"a"}, "missed a 0"},
		{"another one flagged", found(verdict.Review, []string{"b"}, 0.2, 0.6), []string{"a"}, "missed a 0.2, alarm b 0.6"},
		{"right and wrong", found(verdict.Review, []string{"a", "c"}, 0.8, 0.1, 0.5), []string{"a"}, "hit a 0.8, alarm c 0.5"},
		{"clean", found(verdict.Pass, nil), nil, ""},
		{"nearly", found(verdict.Pass, nil, 0.1, 0.4), nil, "alarm b 0.4"},
		{"of another kind", found(verdict.Review, []string{"d"}, 0.1, 0.2, 0.3, 0.9), []string{"a", "b"}, "missed a 0.1, missed b 0.2, alarm c 0.3"},
		{"two in one", found(verdict.Review, []string{"b"}, 0.2, 0.9), []string{"a", "b"}, "missed a 0.2, hit b 0.9"},
	} {
		s := &Specimens{Task: Task{Kind: registry.AssetMark}, All: map[SpecimenKind]int{}}
		kinds := map[string]registry.AssetKind{"a": registry.AssetMark, "b": registry.AssetMark, "c": registry.AssetMark, "d": registry.AssetPhotograph}
		got := ""
		for i, one := range s.sort(c.answer, label{ID: "q", Match: c.match, Attack: "edit"}, kinds) {
			if i > 0 {
				got += ", "
			}
			got += fmt.Sprintf("%s %s %v", one.Kind, one.Asset, one.Score)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The choice covers the range of scores and the edits, whatever the order of
// the answers.
func TestChooseIsSpread(t *testing.T) {
	var all []Specimen
	for i := range 600 {
		all = append(all, Specimen{Question: fmt.Sprintf("%03d", i), Kind: Hit, Score: 1 - float64(i)/1000, Edit: fmt.Sprintf("edit_%d, more", i*7%20)})
	}
	for i := range 3 {
		all = append(all, Specimen{Question: fmt.Sprintf("m%d", i), Kind: Missed, Score: 0.3})
	}
	for i := range 40 {
		all = append(all, Specimen{Question: fmt.Sprintf("a%02d", i), Kind: Alarm, Score: float64(i) / 100, Asset: fmt.Sprint(i / 2)})
	}
	got := choose(all, 20)
	slices.Reverse(all)
	if again := choose(all, 20); !slices.Equal(questions(got), questions(again)) {
		t.Errorf("another order chose %v instead of %v", questions(again), questions(got))
	}
	kinds, edits := map[SpecimenKind]int{}, map[string]bool{}
	for _, s := range got {
		kinds[s.Kind]++
		if s.Kind == Hit {
			edits[s.attack()] = true
		}
	}
	if kinds[Hit] != 20 || kinds[Missed] != 3 || kinds[Alarm] != 17 || len(edits) != 20 {
		t.Errorf("%v with %d edits", kinds, len(edits))
	}
	if first, last := got[0].Score, got[19].Score; first < 0.97 || last > 0.43 {
		t.Errorf("hits from %v to %v", first, last)
	}
	if got[23].Question != "a39" {
		t.Errorf("the nearest false alarm shown is %s", got[23].Question)
	}
}

func questions(list []Specimen) (out []string) {
	for _, s := range list {
		out = append(out, s.Question)
	}
	return out
}
