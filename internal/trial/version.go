package trial

import (
	"context"
	"strings"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// Save keeps a new version of the policy and, if asked, puts it in force. A
// version is never changed: the same text again changes nothing, another text
// under its number is a fault.Conflict. A text with problems is fault.Invalid
// with a line for each.
func (b *Bench) Save(ctx context.Context, source string, activate bool, actorID string) (verdict.Version, error) {
	p, err := policy.Parse([]byte(source))
	if err != nil {
		return verdict.Version{}, err
	}
	v := verdict.Version{ID: p.ID(), Source: source, ActorID: actorID, CreatedAt: b.Now()}
	err = b.Store.Atomic(ctx, func(ctx context.Context) error {
		_, known, err := b.find(ctx, v.ID)
		if err != nil {
			return err
		}
		if err := b.Store.PutPolicy(ctx, v); err != nil { // refuses another text
			return err
		}
		if !known {
			if err := b.enter(ctx, "policy.saved", v.ID, actorID, map[string]any{}); err != nil {
				return err
			}
		}
		if activate {
			if err := b.activate(ctx, v.ID, actorID); err != nil {
				return err
			}
		}
		v, _, err = b.find(ctx, v.ID)
		return err
	})
	return v, err
}

// Activate puts a saved version in force, an older one too.
func (b *Bench) Activate(ctx context.Context, id, actorID string) (verdict.Version, error) {
	var v verdict.Version
	err := b.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := b.activate(ctx, id, actorID); err != nil {
			return err
		}
		var err error
		v, _, err = b.find(ctx, id)
		return err
	})
	return v, err
}

func (b *Bench) activate(ctx context.Context, id, actorID string) error {
	before, err := b.Store.ActivePolicy(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := b.Store.ActivatePolicy(ctx, id); err != nil {
		return err
	}
	return b.enter(ctx, "policy.activated", id, actorID, map[string]any{"before": before.ID})
}

// Version is a saved version with its policy.
func (b *Bench) Version(ctx context.Context, id string) (verdict.Version, *policy.Policy, error) {
	v, known, err := b.find(ctx, id)
	if err == nil && !known {
		err = fault.New(fault.NotFound, "there is no such version of the policy")
	}
	if err != nil {
		return v, nil, err
	}
	p, err := policy.Parse([]byte(v.Source))
	return v, p, err
}

// find looks for a version among the few there are.
func (b *Bench) find(ctx context.Context, id string) (verdict.Version, bool, error) {
	all, err := b.Store.Policies(ctx)
	if err != nil {
		return verdict.Version{}, false, err
	}
	for _, v := range all {
		if v.ID == id {
			return v, true, nil
		}
	}
	return verdict.Version{}, false, nil
}

// Figures are the rules of a policy with what people made of them within the
// days that the policy counts.
type Figures struct {
	policy.RuleInfo
	Shown casefile.Precision
	Acts  bool // proved: may act without a person
}

// Rules measures the rules of a policy.
func (b *Bench) Rules(ctx context.Context, p *policy.Policy) ([]Figures, error) {
	rules, auto := p.Rules(), p.Automation()
	measured, err := b.Store.RuleFigures(ctx, b.Now().AddDate(0, 0, -auto.Days))
	if err != nil {
		return nil, err
	}
	out := make([]Figures, len(rules))
	for i, r := range rules {
		f := Figures{RuleInfo: r, Shown: casefile.Measure("", 0, 0)}
		for _, m := range measured {
			if m.Rule == r.ID && m.Print == r.Print {
				f.Shown = m.Shown
			}
		}
		f.Acts = r.Automatic && proves(auto, f.Shown)
		out[i] = f
	}
	return out, nil
}

// Find is a back-test by its id; for the trial of a shadow that runs it is an
// empty one, since a shadow has no end.
func (b *Bench) Find(ctx context.Context, trialID string) (BackTest, error) {
	policyID, shadow := strings.CutPrefix(trialID, ShadowID(""))
	if !shadow {
		return b.Store.BackTest(ctx, trialID)
	}
	v, known, err := b.find(ctx, policyID)
	if err == nil && (!known || !v.Shadow) {
		err = fault.New(fault.NotFound, "this version does not run as a shadow")
	}
	return BackTest{}, err
}
