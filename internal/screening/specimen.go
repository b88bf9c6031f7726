package screening

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/verdict"
)

// Specimen is one question of a picture task laid before a person: how it was
// answered and what the labels say.
type Specimen struct {
	Question string // its id
	Edit     string // what was done to the picture, in the kit's words
	Asset    string // the one that the specimen is about
	Kind     SpecimenKind
	Offer    listing.Offer
	Verdict  verdict.Verdict
	Score    float64 // of the asset, 0: not found at all
}

// SpecimenKind says why a specimen is shown.
type SpecimenKind string

// Hit: the right asset, flagged. Missed: the right asset, not flagged. Alarm:
// the wrong asset, flagged or nearly.
const (
	Hit    SpecimenKind = "hit"
	Missed SpecimenKind = "missed"
	Alarm  SpecimenKind = "alarm"
)

// Specimens are a choice of a task's answers, with how many there were to choose
// from.
type Specimens struct {
	Task      Task
	Questions int // answered and labelled
	Positives int // with a protected asset in the picture
	All       map[SpecimenKind]int
	Chosen    []Specimen // hits, then missed, then alarms, each by falling score
}

// label is a line of a task's labels.
type label struct {
	ID     string   `json:"id"`
	Match  []string `json:"match"`
	Attack string   `json:"attack"`
	Mods   []string `json:"mods"`
}

// HasLabels reports whether the kit tells the right answers of a picture task.
func (k *Kit) HasLabels(t Task) bool {
	if t.Labels == "" {
		return false
	}
	return k.Has(Task{Input: t.Labels})
}

// Specimens chooses so many hits and so many near misses among a task's answers
// and examines them again, for their evidence. It is the only reader of labels,
// and comes after the answers. The choice is by rule and not by looks.
func (e *Evaluation) Specimens(ctx context.Context, t Task, answers io.Reader, most int) (*Specimens, error) {
	labels, err := readLines(e.Kit, t.Labels, func(l label) string { return l.ID })
	if err != nil {
		return nil, err
	}
	questions, err := readLines(e.Kit, t.Input, func(q question) string { return q.ID })
	if err != nil {
		return nil, err
	}
	s := &Specimens{Task: t, All: map[SpecimenKind]int{}}
	var all []Specimen
	kinds := e.Kit.kinds()
	lines := bufio.NewScanner(answers)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var a Answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}
		if l, ok := labels[a.ID]; ok {
			all = append(all, s.sort(a, l, kinds)...)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("answers: %w", err)
	}
	s.Chosen = choose(all, most)
	for i := range s.Chosen {
		c := &s.Chosen[i]
		c.Offer = questions[c.Question].offer()
		if c.Verdict, err = e.Engine.Examine(ctx, e.subject(questions[c.Question], time.Now()), e.picture); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// sort makes specimens of an answer: one for each asset that it should name,
// and one for the strongest of the task's kind that it should not.
func (s *Specimens) sort(a Answer, l label, kinds map[string]registry.AssetKind) (out []Specimen) {
	s.Questions++
	edit := strings.Join(append([]string{l.Attack}, l.Mods...), ", ")
	score := map[string]float64{}
	wrong := Specimen{Question: a.ID, Edit: edit, Kind: Alarm}
	for _, m := range a.Matches {
		score[m.ID] = max(score[m.ID], m.Score)
		if kinds[m.ID] == s.Task.Kind && !slices.Contains(l.Match, m.ID) && m.Score > wrong.Score {
			wrong.Asset, wrong.Score = m.ID, m.Score
		}
	}
	for _, id := range l.Match {
		kind := Missed
		if a.Decision != verdict.Pass && slices.Contains(a.Matched, id) {
			kind = Hit
		}
		s.All[kind]++
		out = append(out, Specimen{Question: a.ID, Edit: edit, Asset: id, Kind: kind, Score: score[id]})
	}
	if len(l.Match) > 0 {
		s.Positives++
	}
	if wrong.Asset != "" {
		if a.Decision != verdict.Pass && slices.Contains(a.Matched, wrong.Asset) {
			s.All[Alarm]++
		}
		out = append(out, wrong)
	}
	return out
}

// kinds are the kinds of the kit's assets.
func (k *Kit) kinds() map[string]registry.AssetKind {
	out := map[string]registry.AssetKind{}
	for _, known := range k.Known {
		out[known.Asset.ID] = known.Asset.Kind
	}
	return out
}

// choose takes so many hits, and as many missed and alarms together.
func choose(all []Specimen, most int) []Specimen {
	by := map[SpecimenKind][]Specimen{}
	for _, s := range all {
		by[s.Kind] = append(by[s.Kind], s)
	}
	for _, list := range by {
		slices.SortFunc(list, func(a, b Specimen) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Question, b.Question))
		})
	}
	near := oneEach(by[Alarm])
	alarms := min(len(near), max(most/2, most-len(by[Missed])))
	return slices.Concat(spread(by[Hit], most), spread(by[Missed], most-alarms), near[:alarms])
}

// oneEach keeps the first of each asset: two that are taken for each other would
// fill the page.
func oneEach(list []Specimen) (out []Specimen) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s.Asset] {
			seen[s.Asset] = true
			out = append(out, s)
		}
	}
	return out
}

// spread takes n of a list sorted by score, one from each nth of it, and there
// the first of the edits that were taken least.
func spread(list []Specimen, n int) []Specimen {
	n = min(n, len(list))
	taken := map[string]int{}
	var out []Specimen
	for i := range n {
		part := list[i*len(list)/n : (i+1)*len(list)/n]
		best := slices.MinFunc(part, func(a, b Specimen) int { return cmp.Compare(taken[a.attack()], taken[b.attack()]) })
		taken[best.attack()]++
		out = append(out, best)
	}
	return out
}

// attack is the edit without its details.
func (s Specimen) attack() string {
	first, _, _ := strings.Cut(s.Edit, ",")
	return first
}

// readLines reads a file of JSON lines by their ids.
func readLines[T any](k *Kit, file string, id func(T) string) (map[string]T, error) {
	f, err := k.files.Open(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the kit has no %s", file)
	}
	defer func() { _ = f.Close() }()
	out := map[string]T{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil || id(row) == "" {
			return nil, fault.New(fault.Invalid, "%s:%d is not a JSON object with an id", file, n)
		}
		out[id(row)] = row
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("kit: %w", err)
	}
	return out, nil
}

// Picture is the source of the kit's pictures.
func (e *Evaluation) Picture() Source { return e.picture }
