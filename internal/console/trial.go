package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"assay/internal/fault"
	"assay/internal/trial"
	"assay/internal/verdict"
)

// trialView is a back-test or a shadow as a table and a picture.
type trialView struct {
	ID       string
	PolicyID string
	Shadow   bool
	Test     trial.BackTest
	Running  bool
	Sum      trial.Summary
	Flows    []flow
	Rows     []trial.Rejudged
	Filter   trial.RowFilter
	Query    string
	Next     string
}

// flow is what becomes of the verdicts of one decision: a bar with a part for
// each decision of the tried version.
type flow struct {
	Was   verdict.Decision
	Total int
	Parts []flowPart
}

// flowPart is one part; X and Width are thousandths of the bar.
type flowPart struct {
	trial.Move
	X, Width int
}

var decisions = []verdict.Decision{verdict.Pass, verdict.Review, verdict.Block}

func flowsOf(moves []trial.Move) []flow {
	var out []flow
	for _, was := range decisions {
		f := flow{Was: was}
		for _, now := range decisions {
			part := flowPart{Move: trial.Move{Was: was, Now: now}}
			for _, m := range moves {
				if m.Was == was && m.Now == now {
					part.Move = m
				}
			}
			f.Total += part.Count
			f.Parts = append(f.Parts, part)
		}
		at := 0
		for i := range f.Parts {
			if f.Total > 0 {
				end := at + (f.Parts[i].Count*1000+f.Total/2)/f.Total
				f.Parts[i].X, f.Parts[i].Width, at = at, end-at, end
			}
		}
		out = append(out, f)
	}
	return out
}

// beginBackTest starts one over whole days, the last included.
func (c *Console) beginBackTest(w http.ResponseWriter, r *http.Request) error {
	from, errFrom := time.Parse(time.DateOnly, r.PostFormValue("from"))
	until, errUntil := time.Parse(time.DateOnly, r.PostFormValue("until"))
	if errFrom != nil || errUntil != nil {
		return c.backToPolicy(w, r, "", "", fault.New(fault.Conflict, "a day is missing"))
	}
	t, err := c.Bench.Begin(r.Context(), trial.BackTest{PolicyID: r.PathValue("id"), From: from, Until: until.AddDate(0, 0, 1), ActorID: who(r).ID})
	if mendable(err) {
		return c.backToPolicy(w, r, "", "", fault.New(fault.Conflict, "the days are not in order"))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/trials/"+url.PathEscape(t.ID), http.StatusSeeOther)
	return nil
}

func (c *Console) trialPage(w http.ResponseWriter, r *http.Request) error {
	v, err := c.trialView(r)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "trial", "trial.result", v)
}

// trialState is the same result as a fragment, while a back-test runs.
func (c *Console) trialState(w http.ResponseWriter, r *http.Request) error {
	v, err := c.trialView(r)
	if err != nil {
		return err
	}
	if !v.Running && !v.Shadow {
		w.Header().Set("Assay-Done", "yes")
	}
	return c.showPart(w, r, "trial", "state", v)
}

func (c *Console) trialView(r *http.Request) (trialView, error) {
	ctx, q := r.Context(), r.URL.Query()
	v := trialView{ID: r.PathValue("id")}
	var err error
	if v.Test, err = c.Bench.Find(ctx, v.ID); err != nil {
		return v, err
	}
	v.PolicyID, v.Shadow = strings.CutPrefix(v.ID, trial.ShadowID(""))
	if !v.Shadow {
		v.PolicyID = v.Test.PolicyID
	}
	v.Running = v.Test.State == trial.Waiting || v.Test.State == trial.Running
	if v.Sum, err = c.Bench.Summary(ctx, v.ID); err != nil {
		return v, err
	}
	v.Flows = flowsOf(v.Sum.Moves)
	v.Filter = trial.RowFilter{TrialID: v.ID, SellerID: q.Get("seller"), Was: verdict.Decision(q.Get("was")), Now: verdict.Decision(q.Get("now")),
		Changed: true, After: q.Get("after"), Limit: 50}
	page, err := c.Bench.Store.Rows(ctx, v.Filter)
	if err != nil {
		return v, err
	}
	v.Rows = page.Rows
	q.Del("after")
	if v.Query = q.Encode(); page.Next != "" {
		q.Set("after", page.Next)
		v.Next = "/trials/" + url.PathEscape(v.ID) + "?" + q.Encode()
	}
	return v, nil
}
