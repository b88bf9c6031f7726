package policy

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
)

// Facts are everything a policy decides on.
type Facts struct {
	Signals  []signal.Signal
	Revision listing.Revision
	Seller   seller.Seller
	Brands   map[string]registry.Brand // at least those that signals name
	Now      time.Time
}

// Decide gives the policy's answer. Of the verdict it fills Decision, Score,
// Matched, Reasons, Policy and Signals, sorted: those that count before those
// that a licence covers, strongest first. It never fails: a rule whose
// condition cannot be computed asks for a review with the reason RuleFailed.
func (p *Policy) Decide(f Facts) verdict.Verdict {
	signals, unlicensed := arrange(f.Signals)
	s := newScope(f, signals, unlicensed)
	s.all = p.scoring.evidence(signals[:unlicensed])
	if s.trusted = s.all; s.braked {
		s.trusted = p.scoring.evidence(slices.DeleteFunc(slices.Clone(signals[:unlicensed]), func(f signal.Signal) bool { return f.Braked }))
	}
	var found findings
	for _, r := range p.rules {
		if r.scope == forListing {
			r.judgeListing(s, &found)
		} else {
			r.judgeSignals(s, &found)
		}
	}
	v := verdict.Verdict{
		Decision: verdict.Pass,
		Reasons:  found.reasons(),
		Signals:  signals,
		Policy:   p.Version(),
	}
	if len(v.Reasons) > 0 {
		v.Decision = v.Reasons[0].Decision
	}
	v.Matched = matched(v)
	v.Score = p.scoring.score(v.Decision, s.all)
	return v
}

// arrange copies the signals in order and counts those that no licence covers.
func arrange(given []signal.Signal) (sorted []signal.Signal, unlicensed int) {
	sorted = append(make([]signal.Signal, 0, len(given)), given...)
	slices.SortStableFunc(sorted, func(a, b signal.Signal) int {
		if a.Licensed != b.Licensed {
			if a.Licensed {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(unit(b.Score), unit(a.Score)), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.BrandID, b.BrandID), cmp.Compare(a.AssetID, b.AssetID), cmp.Compare(a.Detector, b.Detector))
	})
	unlicensed = slices.IndexFunc(sorted, func(s signal.Signal) bool { return s.Licensed })
	if unlicensed < 0 {
		unlicensed = len(sorted)
	}
	return sorted, unlicensed
}

// judgeSignals tries the rule on every signal of its scope and kinds. What is
// braked asks for a review where the rule would block.
func (r *rule) judgeSignals(s *scope, found *findings) {
	var hits, capped, failures []int
	for i := range s.signals {
		if s.signals[i].Licensed != (r.scope == forLicensed) || !r.concerns(s.signals[i].Kind) {
			continue
		}
		s.look(i)
		switch yes, err := r.holds(s); {
		case err != nil:
			r.report(err)
			failures = append(failures, i)
		case yes && r.decision == verdict.Block && s.signals[i].Braked:
			capped = append(capped, i)
		case yes:
			hits = append(hits, i)
		}
	}
	if len(hits) > 0 {
		found.add(r, verdict.Reason{Rule: r.id, Print: r.print, Code: r.reason, Decision: r.decision, Signals: hits})
	}
	if len(capped) > 0 {
		found.add(r, verdict.Reason{Rule: r.id, Print: r.print, Code: r.reason, Decision: verdict.Review, Signals: capped})
	}
	if len(failures) > 0 {
		found.add(r, verdict.Reason{Rule: r.id, Print: r.print, Code: RuleFailed, Decision: verdict.Review, Signals: failures})
	}
}

// judgeListing tries the rule once. Its reason stands on the signals of its
// kinds. A rule that would block is tried on what is not braked first; when it
// needs what is braked, it asks for a review.
func (r *rule) judgeListing(s *scope, found *findings) {
	if r.decision != verdict.Block {
		r.tryListing(s, found, true, r.decision)
	} else if !r.tryListing(s, found, false, verdict.Block) && s.braked {
		r.tryListing(s, found, true, verdict.Review)
	}
}

// tryListing reports whether the rule had something to say.
func (r *rule) tryListing(s *scope, found *findings, braked bool, ask verdict.Decision) bool {
	reason := verdict.Reason{Rule: r.id, Print: r.print, Code: r.reason, Decision: ask, Signals: s.gather(r, braked)}
	switch yes, err := r.holds(s); {
	case err != nil:
		r.report(err)
		reason.Code, reason.Decision = RuleFailed, verdict.Review
	case !yes:
		return false
	}
	found.add(r, reason)
	return true
}

func (r *rule) report(err error) {
	r.failed.Do(func() {
		slog.Error("a policy rule cannot be computed; its listings go to review", "rule", r.id, "error", err)
	})
}

// findings collects the reasons, gravest first in the end.
type findings struct {
	list      []verdict.Reason
	otherwise []verdict.Reason // of rules that speak only when nobody else does
}

func (f *findings) add(r *rule, reason verdict.Reason) {
	if r.otherwise && reason.Code != RuleFailed {
		f.otherwise = append(f.otherwise, reason)
		return
	}
	f.list = append(f.list, reason)
}

// settle takes in the reasons of "otherwise" rules that ask for more than
// every other rule. The decision is the same with or without the others.
func (f *findings) settle() {
	gravest := -1
	for _, r := range f.list {
		gravest = max(gravest, r.Decision.Rank())
	}
	for _, r := range f.otherwise {
		if r.Decision.Rank() > gravest {
			f.list = append(f.list, r)
		}
	}
}

// reasons sorts by gravity, then by the strongest signal, then as the policy
// has them, and says one thing about one signal once: where rules with the
// same code fired, the gravest of them speaks.
func (f *findings) reasons() []verdict.Reason {
	f.settle()
	slices.SortStableFunc(f.list, func(a, b verdict.Reason) int {
		return cmp.Or(b.Decision.Rank()-a.Decision.Rank(), first(a.Signals)-first(b.Signals))
	})
	kept := make([]verdict.Reason, 0, len(f.list))
	for _, r := range f.list {
		rest := slices.DeleteFunc(slices.Clone(r.Signals), func(i int) bool {
			return slices.ContainsFunc(kept, func(k verdict.Reason) bool { return k.Code == r.Code && slices.Contains(k.Signals, i) })
		})
		if len(rest) == 0 && len(r.Signals) > 0 {
			continue
		}
		r.Signals = append([]int{}, rest...)
		kept = append(kept, r)
	}
	return kept
}

// first is the strongest signal of a reason; reasons without one come last.
func first(signals []int) int {
	if len(signals) == 0 {
		return 1 << 30
	}
	return slices.Min(signals)
}

// matched lists the assets that the gravest reasons stand on, best first, and
// a brand only where none of its assets is there.
func matched(v verdict.Verdict) []string {
	var at []int
	for _, r := range v.Reasons {
		if r.Decision != verdict.Pass {
			at = append(at, r.Signals...)
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	byAsset := map[string]bool{} // brands that an asset speaks for
	for _, i := range at {
		if s := v.Signals[i]; s.AssetID != "" && !s.Licensed {
			byAsset[s.BrandID] = true
		}
	}
	list := []string{}
	for _, i := range at {
		s := v.Signals[i]
		id := s.AssetID
		if id == "" && !byAsset[s.BrandID] {
			id = s.BrandID
		}
		if id != "" && !s.Licensed && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}
