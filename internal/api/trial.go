package api

import (
	"context"
	"net/http"
	"time"

	"assay/internal/access"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// BackTestIn asks for a back-test.
type BackTestIn struct {
	From  time.Time `json:"from" doc:"Verdicts given from then on ..."`
	Until time.Time `json:"until" doc:"... and before then; three years at most."`
	Most  int       `json:"most,omitempty" minimum:"1" maximum:"200000" doc:"Verdicts at most, the newest first."`
}

// Trial is a back-test or a shadow with what it found.
type Trial struct {
	BackTest *trial.BackTest `json:"backtest,omitempty" doc:"Absent for a shadow."`
	Summary  trial.Summary   `json:"summary"`
}

// RuleShown is a rule with what people made of its verdicts.
type RuleShown struct {
	policy.RuleInfo
	Decided   int     `json:"decided" doc:"Verdicts of this rule that people answered."`
	Confirmed int     `json:"confirmed" doc:"Of those, decided block."`
	Low       float64 `json:"low" doc:"Lower end of Wilson's 95 % interval of the share confirmed."`
	High      float64 `json:"high"`
	Acts      bool    `json:"acts" doc:"Automatic, and precise enough to act without a person now."`
}

type startingBackTest struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the version."`
	Body BackTestIn
}

type changesAsked struct {
	ID      string `path:"id" maxLength:"100" doc:"Id of the version."`
	Against string `query:"against" maxLength:"100" doc:"Id of another version; the one in force when left out."`
}

type rowsAsked struct {
	Turn
	ID      string           `path:"id" maxLength:"120" doc:"Id of the back-test, or shadow:<id of the version>."`
	Seller  string           `query:"seller" maxLength:"100" doc:"Of one seller."`
	Was     verdict.Decision `query:"was" enum:"pass,review,block" doc:"The decision that was given."`
	Now     verdict.Decision `query:"now" enum:"pass,review,block" doc:"The decision of the tried version."`
	Changed bool             `query:"changed" default:"true" doc:"Only where they differ."`
}

func (a *API) registerTrials() {
	const tag = "Policies"
	read, write := way{permission: access.PolicyRead}, way{permission: access.PolicyWrite, replays: true}
	handle(a, deed("compare-policies", http.MethodGet, "/policies/{id}/changes", tag, "Compare two versions of the policy",
		"What this version does otherwise: named values, rules, score, automation.", read), a.policyChanges)
	handle(a, deed("measure-rules", http.MethodGet, "/policies/{id}/rules", tag, "Measure the rules of a version",
		"How often people agreed with each rule, and which may act without a person.", read), a.policyRules)
	handle(a, deed("start-shadow", http.MethodPut, "/policies/{id}/shadow", tag, "Let a version judge beside the one in force",
		"It has no effect on listings. Read what it says at /trials/shadow:{id}.", write),
		func(ctx context.Context, in *byID) (*none, error) {
			return &none{}, a.d.Bench.Shadow(ctx, in.ID, true, me(ctx).ID)
		})
	handle(a, deed("stop-shadow", http.MethodDelete, "/policies/{id}/shadow", tag, "Stop a shadow", "What it said is forgotten.", write),
		func(ctx context.Context, in *byID) (*none, error) {
			return &none{}, a.d.Bench.Shadow(ctx, in.ID, false, me(ctx).ID)
		})
	handle(a, deed("start-backtest", http.MethodPost, "/policies/{id}/backtests", tag, "Try a version on past verdicts",
		"Runs in the background; nothing else changes. The last 20 are kept.", write),
		func(ctx context.Context, in *startingBackTest) (*answered[trial.BackTest], error) {
			return answerWith(a.d.Bench.Begin(ctx, trial.BackTest{PolicyID: in.ID, From: in.Body.From, Until: in.Body.Until, Most: in.Body.Most, ActorID: me(ctx).ID}))
		})
	handle(a, deed("list-backtests", http.MethodGet, "/policies/{id}/backtests", tag, "List the back-tests of a version", "Newest first.", read),
		func(ctx context.Context, in *byID) (*answered[Page[trial.BackTest]], error) {
			list, err := a.d.Bench.Store.BackTests(ctx, in.ID, 50)
			return answerWith(Page[trial.BackTest]{Items: list}, err)
		})
	handle(a, deed("get-trial", http.MethodGet, "/trials/{id}", tag, "Read a back-test or a shadow",
		"How many verdicts would change, in which way, what people had answered about them, and which sellers would be hit.", read), a.trial)
	handle(a, deed("list-trial-rows", http.MethodGet, "/trials/{id}/rows", tag, "List the verdicts of a back-test or a shadow", "The newest first.", read), a.trialRows)
}

func (a *API) policyChanges(ctx context.Context, in *changesAsked) (*answered[Page[policy.Change]], error) {
	_, p, err := a.d.Bench.Version(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Against == "" {
		active, err := a.d.Store.ActivePolicy(ctx)
		if err != nil {
			return nil, err
		}
		in.Against = active.ID
	}
	_, other, err := a.d.Bench.Version(ctx, in.Against)
	if err != nil {
		return nil, err
	}
	list := policy.Changes(other, p)
	if list == nil {
		list = []policy.Change{}
	}
	return &answered[Page[policy.Change]]{Page[policy.Change]{Items: list}}, nil
}

func (a *API) policyRules(ctx context.Context, in *byID) (*answered[Page[RuleShown]], error) {
	_, p, err := a.d.Bench.Version(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.d.Bench.Rules(ctx, p)
	out := Page[RuleShown]{Items: make([]RuleShown, len(list))}
	for i, f := range list {
		out.Items[i] = RuleShown{f.RuleInfo, f.Shown.Decided, f.Shown.Confirmed, f.Shown.Low, f.Shown.High, f.Acts}
	}
	return answerWith(out, err)
}

func (a *API) trial(ctx context.Context, in *byID) (*answered[Trial], error) {
	var out Trial
	t, err := a.d.Bench.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if t.ID != "" {
		out.BackTest = &t
	}
	out.Summary, err = a.d.Bench.Summary(ctx, in.ID)
	return answerWith(out, err)
}

func (a *API) trialRows(ctx context.Context, in *rowsAsked) (*answered[Page[trial.Rejudged]], error) {
	if _, err := a.d.Bench.Find(ctx, in.ID); err != nil {
		return nil, err
	}
	page, err := a.d.Bench.Store.Rows(ctx, trial.RowFilter{TrialID: in.ID, SellerID: in.Seller, Was: in.Was, Now: in.Now, Changed: in.Changed, After: in.After, Limit: in.Limit})
	return answerWith(Page[trial.Rejudged]{Items: page.Rows, Next: page.Next}, err)
}
