package console

import (
	"net/http"

	"assay/internal/enforcement"
	"assay/internal/fault"
)

type closuresView struct {
	Rows   []closureLine
	Next   string
	States []choice
}

// closureLine is one proposal with who it is about and who answers it.
type closureLine struct {
	enforcement.Closure
	Seller    string
	Proposer  string
	Decider   string
	MayAnswer bool
	Points    int
	Strikes   int
}

func (c *Console) closuresPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := enforcement.ClosureFilter{State: enforcement.ClosureState(q.Get("state")), After: q.Get("after"), Limit: 30}
	list, next, err := c.Store.Closures(r.Context(), f)
	if err != nil {
		return err
	}
	var v closuresView
	for _, s := range append([]enforcement.ClosureState{""}, enforcement.ClosureStates...) {
		label := "closure.all"
		if s != "" {
			label = "closure.state." + string(s)
		}
		v.States = append(v.States, choice{string(s), label, s == f.State})
	}
	if next != "" {
		q.Set("after", next)
		v.Next = "/closures?" + q.Encode()
	}
	if v.Rows, err = c.closureLines(r, list); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "closures", "closure.title", v)
}

func (c *Console) closureLines(r *http.Request, list []enforcement.Closure) ([]closureLine, error) {
	sellers, people, records := newLookup(c.Store.Seller), newLookup(c.Store.Account), newLookup(c.Store.Record)
	var out []closureLine
	for _, x := range list {
		s, err := sellers.row(r.Context(), x.SellerID)
		if err != nil {
			return nil, err
		}
		proposer, err := people.row(r.Context(), x.ProposedBy)
		if err != nil {
			return nil, err
		}
		decider, err := people.row(r.Context(), x.DecidedBy)
		if err != nil {
			return nil, err
		}
		rec, err := records.row(r.Context(), x.SellerID)
		if err != nil {
			return nil, err
		}
		out = append(out, closureLine{Closure: x, Seller: s.Name, Proposer: proposer.Name, Decider: decider.Name,
			MayAnswer: x.MayAnswer(who(r).ID), Points: rec.Points, Strikes: rec.Strikes})
	}
	return out, nil
}

func (c *Console) confirmClosure(w http.ResponseWriter, r *http.Request) error {
	return c.settleClosure(w, r, true)
}
func (c *Console) refuseClosure(w http.ResponseWriter, r *http.Request) error {
	return c.settleClosure(w, r, false)
}

func (c *Console) settleClosure(w http.ResponseWriter, r *http.Request, confirm bool) error {
	_, err := c.Ladder.Settle(r.Context(), r.PathValue("id"), confirm, r.PostFormValue("note"), actor(r))
	said := flash{Kind: "pass", Key: "closure.refused"}
	switch {
	case fault.Is(err, fault.Forbidden):
		said = flash{Kind: "review", Key: "closure.barred"}
	case fault.Is(err, fault.Conflict):
		said = flash{Kind: "review", Key: "closure.answered"}
	case fault.Is(err, fault.Invalid):
		said = flash{Kind: "review", Key: "closure.needs_note"}
	case err != nil:
		return err
	case confirm:
		said = flash{Kind: "block", Key: "closure.confirmed"}
	}
	c.flashLater(r, said)
	http.Redirect(w, r, "/closures", http.StatusSeeOther)
	return nil
}
