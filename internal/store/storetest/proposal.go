package storetest

import (
	"testing"
	"time"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
)

var proposalTests = map[string]func(*testing.T, *kit){
	"kept":     proposalKept,
	"one open": proposalOneOpen,
}

func proposalKept(t *testing.T, k *kit) {
	k.must(k.PutAccount(k.ctx, access.Account{ID: "anna", Email: "anna@example.org", Name: "Anna"}))
	k.must(k.PutKey(k.ctx, access.Key{ID: "key", Name: "robot", Hash: "00"}))
	var p casefile.Proposal
	fill(&p)
	p.ByID, p.ByName, p.OtherID, p.OtherName = "anna", "Anna", "key", "robot"
	k.must(k.PutProposal(k.ctx, p))
	kept := got[casefile.Proposal](k)(k.Proposal(k.ctx, p.ID))
	if string(kept.Data) != `{"n": 5}` && string(kept.Data) != `{"n":5}` {
		t.Errorf("the data are %s", kept.Data)
	}
	kept.Data = p.Data
	same(t, "proposal", kept, p)
	k.refuses(fault.Conflict, k.PutProposal(k.ctx, p)) // it is not open
	_, err := k.Proposal(k.ctx, "none")
	k.refuses(fault.NotFound, err)
}

func proposalOneOpen(t *testing.T, k *kit) {
	p := casefile.Proposal{ID: "a", Kind: "close", Subject: "s", ByID: "anna", State: casefile.Proposed, CreatedAt: noon, Until: noon.Add(time.Hour)}
	k.must(k.PutProposal(k.ctx, p))
	other := p
	other.ID, other.CreatedAt = "b", noon.Add(time.Second)
	k.refuses(fault.Conflict, k.PutProposal(k.ctx, other))
	other.Subject = "another"
	k.must(k.PutProposal(k.ctx, other))
	same(t, "open", got[casefile.Proposal](k)(k.OpenProposal(k.ctx, "close", "s")), p)
	p.State = casefile.Refused
	k.must(k.PutProposal(k.ctx, p))
	_, err := k.OpenProposal(k.ctx, "close", "s")
	k.refuses(fault.NotFound, err)
	id := func(p casefile.Proposal) string { return p.ID }
	for want, f := range map[string]casefile.ProposalFilter{"ba": {}, "b": {State: casefile.Proposed}, "a": {Subject: "s"}, "": {Kind: "other"}} {
		list := ""
		for _, v := range ids(got[[]casefile.Proposal](k)(k.Proposals(k.ctx, f)), id) {
			list += v
		}
		if list != want {
			t.Errorf("%+v gives %q, want %q", f, list, want)
		}
	}
}
