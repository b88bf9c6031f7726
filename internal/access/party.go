package access

import (
	"context"
	"slices"

	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/statement"
)

// This file says which statements and hearings somebody may touch, and what of
// them he sees: the other side's words, not its persons.

// ScopeStatements narrows a filter: sellers to their own letters, holders to
// what concerns them, others than staff to none.
func (p Principal) ScopeStatements(f *statement.Filter) {
	switch {
	case p.Staff():
	case p.Role == Seller:
		f.SellerID = orNobody(p.OrgID)
	case p.Role == Holder:
		f.HolderID = orNobody(p.OrgID)
	default:
		f.SellerID = nobody
	}
}

// Reads are the renderings of a statement that p may read; none when he may
// not see it at all. The first is his own.
func (p Principal) Reads(s statement.Statement) []statement.Audience {
	switch {
	case !p.Can(StatementRead):
	case p.Staff():
		if len(s.Holders()) == 0 {
			return []statement.Audience{statement.ForSeller, statement.ForPublic, statement.ForDSA}
		}
		return statement.Audiences
	case p.Role == Seller && p.OrgID != "" && s.SellerID == p.OrgID:
		return []statement.Audience{statement.ForSeller, statement.ForPublic}
	case p.Role == Holder && p.OrgID != "" && slices.Contains(s.Holders(), p.OrgID):
		return []statement.Audience{statement.ForNotifier, statement.ForPublic}
	}
	return nil
}

// ShowStatement is what p may read of a statement's data: a holder not what
// befell the shop, a seller not what the notice's author is called here.
func (p Principal) ShowStatement(s statement.Statement) statement.Statement {
	if p.Staff() {
		return s
	}
	s.Goods = slices.Clone(s.Goods)
	if p.Role == Holder {
		s.SellerID, s.Effects, s.Ladder, s.Language, s.Country = "", nil, "", "", ""
		s.Redress = statement.Redress{}
		s.Goods = slices.DeleteFunc(s.Goods, func(g statement.Goods) bool {
			return g.HolderID != p.OrgID && !slices.ContainsFunc(s.Notices, func(n statement.Notice) bool { return n.HolderID == p.OrgID })
		})
		s.Notices = slices.DeleteFunc(slices.Clone(s.Notices), func(n statement.Notice) bool { return n.HolderID != p.OrgID })
	}
	return s
}

// ScopeHearings narrows a filter to those that p is a party of.
func (p Principal) ScopeHearings(f *hearing.Filter) {
	switch {
	case p.Staff():
	case p.Role == Seller:
		f.SellerID = orNobody(p.OrgID)
	case p.Role == Holder:
		f.HolderID = orNobody(p.OrgID)
	default:
		f.SellerID = nobody
	}
}

// SideIn is the side that p stands on in a hearing, "" for staff and strangers.
func (p Principal) SideIn(h hearing.Hearing) hearing.Side {
	switch {
	case p.OrgID == "":
	case p.Role == Seller && h.SellerID == p.OrgID:
		return hearing.Seller
	case p.Role == Holder && h.HolderID == p.OrgID:
		return hearing.Complainant
	}
	return ""
}

// MaySeeHearing reports whether p may read a hearing.
func (p Principal) MaySeeHearing(h hearing.Hearing) bool {
	return p.Can(HearingRead) && (p.Staff() || p.SideIn(h) != "")
}

// ShowHearing is what p may read of a hearing he may see: everything that was
// said, but of the other side only the documents it shares, no accounts, and
// an address only where the law wants it told.
func (p Principal) ShowHearing(h hearing.Hearing) hearing.Hearing {
	if p.Staff() {
		return h
	}
	side := p.SideIn(h)
	h.Words = slices.Clone(h.Words)
	for i := range h.Words {
		w := &h.Words[i]
		w.ActorID = ""
		if w.Side == side {
			continue
		}
		if !w.Share {
			w.Documents = nil
		}
		if !hearing.ProfileOf(h).Contact {
			w.Contact = ""
		}
	}
	h.Extensions = slices.Clone(h.Extensions)
	for i := range h.Extensions {
		h.Extensions[i].ActorID = ""
	}
	h.FirstCaseID, h.CaseID = "", ""
	return h
}

// Told finds the statements of a decision: who got one is a party to it.
type Told interface {
	Statements(ctx context.Context, f statement.Filter) ([]statement.Statement, string, error)
}

// PartyTo is the side that p stands on towards a decision; fault.NotFound when
// it does not concern him.
func (p Principal) PartyTo(ctx context.Context, st Told, decisionID string) (hearing.Side, error) {
	f := statement.Filter{DecisionID: decisionID, Limit: 1}
	p.ScopeStatements(&f)
	list, _, err := st.Statements(ctx, f)
	if err != nil {
		return "", err
	}
	switch {
	case decisionID == "" || len(list) == 0 || p.Staff():
	case p.Role == Seller:
		return hearing.Seller, nil
	case p.Role == Holder:
		return hearing.Complainant, nil
	}
	return "", fault.New(fault.NotFound, "there is no decision %q that you can appeal", decisionID)
}
