package casefile_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
)

func TestFourEyes(t *testing.T) {
	o := staffed(t)
	done, fail := 0, errors.New("the shop is gone")
	var refuse error
	f := &casefile.FourEyes{Store: o.store, Now: o.Now, Deeds: map[string]casefile.Deed{"close": func(_ context.Context, p casefile.Proposal, by casefile.Actor) error {
		if p.ByID == by.ID || p.State != casefile.Confirmed {
			t.Errorf("done as %+v by %s", p, by.ID)
		}
		done++
		return refuse
	}}}
	propose := func() casefile.Proposal {
		t.Helper()
		p, err := f.Propose(o.ctx, casefile.Proposal{Kind: "close", Subject: "shop", Note: "third strike"}, anna)
		must(t, err)
		return p
	}
	if _, err := f.Propose(o.ctx, casefile.Proposal{Kind: "dance", Subject: "shop"}, anna); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown deed: %v", err)
	}
	p := propose()
	if _, err := f.Propose(o.ctx, casefile.Proposal{Kind: "close", Subject: "shop"}, ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second proposal: %v", err)
	}
	if _, err := f.Confirm(o.ctx, p.ID, "", anna); !fault.Is(err, fault.Forbidden) || done != 0 {
		t.Errorf("agreeing with oneself: %v", err)
	}
	refuse = fail
	if _, err := f.Confirm(o.ctx, p.ID, "", ben); !errors.Is(err, fail) {
		t.Errorf("a deed that fails: %v", err)
	}
	if p, err := o.store.Proposal(o.ctx, p.ID); err != nil || p.State != casefile.Proposed {
		t.Errorf("it is %s though nothing was done", p.State)
	}
	refuse = nil
	if p, err := f.Confirm(o.ctx, p.ID, "agreed", ben); err != nil || p.State != casefile.Confirmed || p.OtherNote != "agreed" || done != 2 {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := f.Confirm(o.ctx, p.ID, "", ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	p = propose()
	if p, err := f.Refuse(o.ctx, p.ID, "", anna); err != nil || p.State != casefile.Withdrawn {
		t.Errorf("%s %v", p.State, err)
	}
	p = propose()
	if p, err := f.Refuse(o.ctx, p.ID, "not yet", ben); err != nil || p.State != casefile.Refused {
		t.Errorf("%s %v", p.State, err)
	}
	p = propose()
	o.clock = o.clock.Add(casefile.ProposalLife + time.Second)
	if _, err := f.Confirm(o.ctx, p.ID, "", ben); !fault.Is(err, fault.Conflict) {
		t.Errorf("after it lapsed: %v", err)
	}
	propose()
	if p, err := o.store.Proposal(o.ctx, p.ID); err != nil || p.State != casefile.Lapsed {
		t.Errorf("the old one is %s", p.State)
	}
	if kinds := o.kinds(t, "shop"); len(kinds) != 9 || kinds[0] != "proposal.made" || kinds[1] != "proposal.confirmed" {
		t.Errorf("the ledger says %v", kinds)
	}
}
