package hearing

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"assay/internal/calendar"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// Bounds of what one side may say at a time.
const (
	maxText    = 8000 // runes
	maxContact = 500
	maxFiles   = 10
	maxWords   = 20 // of all sides in one hearing
)

// Saying is what somebody wants to say.
type Saying struct {
	Stance    Stance     `json:"stance"`
	Text      string     `json:"text"`
	Documents []Document `json:"documents,omitempty"`
	Share     bool       `json:"share,omitempty"`
	Declared  []string   `json:"declared,omitempty"`
	Contact   string     `json:"contact,omitempty"`
}

// word checks what a side says in a hearing.
func (in Saying) word(h Hearing, side Side, by casefile.Actor, now time.Time) (Word, error) {
	var wrong []fault.Field
	add := func(path, code, text string) {
		wrong = append(wrong, fault.Field{Path: path, Code: code, Message: text})
	}
	in.Text, in.Contact = strings.TrimSpace(in.Text), strings.TrimSpace(in.Contact)
	if !slices.Contains(allowed(h, side), in.Stance) {
		add("stance", "unknown_value", "choose what you want to say")
	}
	if in.Text == "" && in.Stance != Admits && in.Stance != Withdraws {
		add("text", "missing", "say it in your own words")
	}
	if utf8.RuneCountInString(in.Text) > maxText || !utf8.ValidString(in.Text) {
		add("text", "too_long", "use at most 8,000 characters")
	}
	if len(in.Documents) > maxFiles {
		add("documents", "too_many", "hand in at most 10 files at a time")
	}
	if p := ProfileOf(h); side == Seller && h.Kind == Objection && in.Stance != Admits {
		for _, d := range p.Declare {
			if !slices.Contains(in.Declared, d) {
				add("declared", "missing", "the law asks for each of these declarations")
				break
			}
		}
		if p.Contact && in.Contact == "" {
			add("contact", "missing", "the law asks for name, address and telephone number")
		}
	}
	if len(in.Contact) > maxContact {
		add("contact", "too_long", "use at most 500 bytes")
	}
	if len(wrong) > 0 {
		return Word{}, &fault.Error{Code: fault.Invalid, Message: "what you want to say is not complete", Fields: wrong}
	}
	if len(h.Words) >= maxWords {
		return Word{}, fault.New(fault.Conflict, "everything has been said in this hearing; a person decides now")
	}
	return Word{Side: side, Stance: in.Stance, Text: in.Text, Documents: in.Documents, Share: in.Share, Declared: in.Declared, Contact: in.Contact, ActorID: by.ID, At: now}, nil
}

// allowed are the stances that a side may take.
func allowed(h Hearing, side Side) []Stance {
	if h.Kind == Appeal {
		if side == h.By {
			return []Stance{Objects, Comments}
		}
		if side == Complainant {
			return []Stance{Comments, Withdraws}
		}
		return []Stance{Comments, Admits}
	}
	return Stances[side]
}

// Allowed are the stances that a side may take in a hearing now.
func Allowed(h Hearing, side Side) []Stance {
	if h.State == Ended {
		return nil
	}
	return allowed(h, side)
}

// Answer is the seller's first answer to a decision.
func (k *Clerk) Answer(ctx context.Context, id string, in Saying, by casefile.Actor) (Hearing, error) {
	return k.change(ctx, id, func(ctx context.Context, h *Hearing, now time.Time) error {
		if h.Kind != Objection || h.State != AwaitsSeller || h.Due != nil && !now.Before(*h.Due) {
			return fault.New(fault.Conflict, "the time to answer is over; you can appeal")
		}
		w, err := in.word(*h, Seller, by, now)
		if err != nil {
			return err
		}
		h.Words = append(h.Words, w)
		switch {
		case w.Stance == Admits:
			return k.end(ctx, h, Admitted, by.ID)
		case h.HolderID != "":
			due := ProfileOf(*h).Complainant.end(k.countryOfHolder(ctx, h.HolderID), now)
			h.State, h.Due = AwaitsComplainant, &due
			return k.put(ctx, h, "hearing.answered", by.ID, map[string]any{"stance": w.Stance, "documents": len(w.Documents), "due": due})
		}
		if err := k.askPerson(ctx, h, nil); err != nil {
			return err
		}
		return k.put(ctx, h, "hearing.answered", by.ID, map[string]any{"stance": w.Stance, "documents": len(w.Documents), "case": h.CaseID})
	})
}

// countryOfHolder is where the complainant's days end, "" when unknown.
func (k *Clerk) countryOfHolder(ctx context.Context, id string) string {
	h, err := k.Store.Holder(ctx, id)
	if err != nil {
		return ""
	}
	return h.Country
}

// Reply is the complainant's word on the seller's answer.
func (k *Clerk) Reply(ctx context.Context, id string, in Saying, by casefile.Actor) (Hearing, error) {
	return k.change(ctx, id, func(ctx context.Context, h *Hearing, now time.Time) error {
		if h.Kind != Objection || h.State != AwaitsComplainant || h.Due != nil && !now.Before(*h.Due) {
			return fault.New(fault.Conflict, "no reply is asked for, or its time is over")
		}
		w, err := in.word(*h, Complainant, by, now)
		if err != nil {
			return err
		}
		h.Words = append(h.Words, w)
		said := map[string]any{"stance": w.Stance, "documents": len(w.Documents)}
		switch {
		case w.Stance == Withdraws:
			return k.giveBack(ctx, h, Withdrawn, ReasonWithdrawn, by.ID)
		case w.Stance == Sues:
			return k.end(ctx, h, Court, by.ID)
		case ProfileOf(*h).OnlyCourt: // heard, but only a court keeps the goods off sale
			return k.put(ctx, h, "hearing.replied", by.ID, said)
		}
		if err := k.askPerson(ctx, h, nil); err != nil {
			return err
		}
		return k.put(ctx, h, "hearing.replied", by.ID, said)
	})
}

// Comment adds a word of either side while a person has not decided.
func (k *Clerk) Comment(ctx context.Context, id string, side Side, in Saying, by casefile.Actor) (Hearing, error) {
	return k.change(ctx, id, func(ctx context.Context, h *Hearing, now time.Time) error {
		if h.Kind != Appeal || h.State != AwaitsDecision {
			return fault.New(fault.Conflict, "nothing can be added to this hearing now")
		}
		w, err := in.word(*h, side, by, now)
		if err != nil {
			return err
		}
		h.Words = append(h.Words, w)
		if w.Stance == Withdraws && side == Complainant && h.By == Seller {
			if err := k.dropCase(ctx, *h); err != nil {
				return err
			}
			return k.giveBack(ctx, h, Withdrawn, ReasonWithdrawn, by.ID)
		}
		if side != h.By { // nobody has to wait for it any more
			if err := k.endHold(ctx, h.CaseID); err != nil {
				return err
			}
		}
		return k.put(ctx, h, "hearing.commented", by.ID, map[string]any{"side": side, "documents": len(w.Documents)})
	})
}

func (k *Clerk) endHold(ctx context.Context, caseID string) error {
	c, err := k.Store.Case(ctx, caseID)
	if err != nil || c.Hold == nil || c.Hold.ByID != clerk.ID {
		return err
	}
	c.Hold, c.UpdatedAt = nil, k.Now()
	return k.Store.PutCase(ctx, c)
}

// Appeal asks for a second look at a decision, by people who were not
// involved. The seller appeals what is against his goods, a complainant what
// leaves or puts them on sale.
func (k *Clerk) Appeal(ctx context.Context, decisionID string, side Side, holderID string, in Saying, by casefile.Actor) (Hearing, error) {
	var out Hearing
	err := k.Store.Atomic(ctx, func(ctx context.Context) error {
		c, d, err := k.root(ctx, decisionID)
		if err != nil {
			return err
		}
		if err := k.mayAppeal(ctx, c, d, side); err != nil {
			return err
		}
		h, err := k.begin(ctx, c, d, Appeal, side)
		if err != nil {
			return err
		}
		if side == Complainant && h.HolderID == "" {
			h.HolderID = holderID
		}
		now := k.Now()
		if !now.Before(h.AppealUntil) && !k.freshlyRefused(ctx, d.ID, now) {
			return fault.New(fault.Conflict, "the time to appeal is over")
		}
		if in.Stance == "" {
			in.Stance = Objects
		}
		w, err := in.word(h, side, by, now)
		if err != nil {
			return err
		}
		h.Words = []Word{w}
		if err := k.closeFirst(ctx, d.ID, by); err != nil {
			return err
		}
		barred, err := k.involved(ctx, d.ID, c.ID)
		if err != nil {
			return err
		}
		if err := k.askPerson(ctx, &h, barred); err != nil {
			return err
		}
		out = h
		err = k.put(ctx, &out, "appeal.filed", by.ID, map[string]any{"decision": d.ID, "by": side, "case": h.CaseID, "barred": len(barred)})
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "this decision was appealed already")
		}
		return err
	})
	return out, err
}

// root is the decision that an objection is about in the end: one that only
// confirms another is not appealed apart from it.
func (k *Clerk) root(ctx context.Context, decisionID string) (casefile.Case, casefile.Decision, error) {
	d, err := k.Store.Decision(ctx, decisionID)
	if err != nil {
		return casefile.Case{}, d, err
	}
	c, err := k.Store.Case(ctx, d.CaseID)
	for err == nil && c.AppealOf != "" && d.Reverses == "" {
		if d, err = k.Store.Decision(ctx, c.AppealOf); err == nil {
			c, err = k.Store.Case(ctx, d.CaseID)
		}
	}
	return c, d, err
}

func (k *Clerk) mayAppeal(ctx context.Context, c casefile.Case, d casefile.Decision, side Side) error {
	against := Complainant
	if d.Outcome == verdict.Block {
		against = Seller
	}
	if side != against {
		return fault.New(fault.Conflict, "this decision is not against you")
	}
	last, err := k.Store.LastDecided(ctx, c.ListingID)
	if err != nil {
		return err
	}
	if last.Decision.Outcome != d.Outcome {
		return fault.New(fault.Conflict, "this decision no longer stands")
	}
	return nil
}

// freshlyRefused reports whether an objection to the decision was refused so
// recently that the time to appeal that has not passed.
func (k *Clerk) freshlyRefused(ctx context.Context, decisionID string, now time.Time) bool {
	list, _, err := k.Store.Hearings(ctx, Filter{DecisionID: decisionID, Kind: Objection, Limit: 1})
	if err != nil || len(list) == 0 || list[0].End != Refused {
		return false
	}
	return now.Before(list[0].UpdatedAt.AddDate(0, ProfileOf(list[0]).Months, 0))
}

// closeFirst ends the first answer's clock: who appeals has been heard there.
func (k *Clerk) closeFirst(ctx context.Context, decisionID string, by casefile.Actor) error {
	list, _, err := k.Store.Hearings(ctx, Filter{DecisionID: decisionID, Kind: Objection, Open: true})
	if err != nil {
		return err
	}
	for _, h := range list {
		if h.State != AwaitsSeller {
			return fault.New(fault.Conflict, "your answer is still being heard; you can appeal when it has been decided")
		}
		if err := k.end(ctx, &h, Overtaken, by.ID); err != nil {
			return err
		}
	}
	return nil
}

// involved is everybody who claimed, handled or decided the cases of a decision.
func (k *Clerk) involved(ctx context.Context, decisionID, caseID string) ([]string, error) {
	cases := []string{caseID}
	heard, _, err := k.Store.Hearings(ctx, Filter{DecisionID: decisionID})
	if err != nil {
		return nil, err
	}
	for _, h := range heard {
		if h.CaseID != "" {
			cases = append(cases, h.CaseID)
		}
	}
	var out []string
	add := func(id string) {
		if id != "" && id != clerk.ID && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, id := range cases {
		entries, err := k.Store.EntriesAbout(ctx, id, 500)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			add(e.Actor)
		}
		made, err := k.Store.Decisions(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, d := range made {
			add(d.ActorID)
		}
	}
	return out, nil
}

// askPerson opens the case in which a person decides. On an appeal it waits
// for the other side's word as long as that side has.
func (k *Clerk) askPerson(ctx context.Context, h *Hearing, barred []string) error {
	first, err := k.Store.Case(ctx, h.FirstCaseID)
	if err != nil {
		return err
	}
	c := k.caseOf(*h, first)
	c.Barred = barred
	if h.Kind == Appeal {
		c.Hold = k.wait(ctx, *h)
	}
	if err := k.Store.PutCase(ctx, c); err != nil {
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "another objection about this listing is being decided; wait for it")
		}
		return err
	}
	h.State, h.CaseID, h.Due = AwaitsDecision, c.ID, &c.DueAt
	return nil
}

func (k *Clerk) due(h Hearing) time.Time { return ProfileOf(h).Decide.end(h.Country, k.Now()) }

// wait is the hold of an appeal's case until the other side's time is over;
// nil when there is nobody to wait for.
func (k *Clerk) wait(ctx context.Context, h Hearing) *casefile.Hold {
	reason, country := "waiting_seller", h.Country
	if h.By == Seller {
		if h.HolderID == "" {
			return nil
		}
		reason, country = "waiting_holder", k.countryOfHolder(ctx, h.HolderID)
	}
	return &casefile.Hold{Reason: reason, Until: ProfileOf(h).Comment.end(country, k.Now()), ByID: clerk.ID, At: k.Now()}
}

// caseOf makes the case of a hearing from the one that was decided.
func (k *Clerk) caseOf(h Hearing, first casefile.Case) casefile.Case {
	now := k.Now()
	c := first
	c.ID, c.Source, c.AppealOf, c.State, c.Version, c.Decision = idOf(h.DecisionID, "case of "+h.Kind, h.By), casefile.FromAppeal, h.DecisionID, casefile.Open, 0, nil
	c.AssigneeID, c.LeaseUntil, c.AskedID, c.Hold, c.Barred, c.ProposalID = "", nil, "", nil, nil, ""
	c.CreatedAt, c.UpdatedAt, c.DueAt, c.TurnAt = now, now, k.due(h), now
	return c
}

// Extend gives the side whose turn it is more time. Only staff may.
func (k *Clerk) Extend(ctx context.Context, id string, until time.Time, reason string, by casefile.Actor) (Hearing, error) {
	return k.change(ctx, id, func(ctx context.Context, h *Hearing, now time.Time) error {
		reason = strings.TrimSpace(reason)
		switch {
		case h.Turn() == "" || h.Due == nil:
			return fault.New(fault.Conflict, "no clock runs in this hearing")
		case reason == "" || utf8.RuneCountInString(reason) > 1000:
			return &fault.Error{Code: fault.Invalid, Message: "say why", Fields: []fault.Field{{Path: "reason", Code: "missing", Message: "both sides read it"}}}
		case !until.After(*h.Due) || until.After(now.AddDate(0, 3, 0)):
			return &fault.Error{Code: fault.Invalid, Message: "choose a later day", Fields: []fault.Field{{Path: "until", Code: "bad_time", Message: "it must lie after the present end, within three months"}}}
		}
		h.Extensions = append(h.Extensions, Extension{Was: *h.Due, Until: until, Reason: reason, ActorID: by.ID, At: now})
		h.Due = &until
		return k.put(ctx, h, "hearing.extended", by.ID, map[string]any{"until": until})
	})
}

// EndOfDay is the end of a day, written 2026-11-03, where the seller lives.
func EndOfDay(h Hearing, day string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, calendar.For(h.Country).Zone())
	if err != nil {
		return t, &fault.Error{Code: fault.Invalid, Message: "choose a day", Fields: []fault.Field{{Path: "until", Code: "bad_time", Message: "write it as 2026-11-03"}}}
	}
	return t.AddDate(0, 0, 1).UTC(), nil
}

// change alters a hearing in one transaction.
func (k *Clerk) change(ctx context.Context, id string, alter func(context.Context, *Hearing, time.Time) error) (Hearing, error) {
	var out Hearing
	err := k.Store.Atomic(ctx, func(ctx context.Context) error {
		h, err := k.Store.Hearing(ctx, id)
		if err != nil {
			return err
		}
		if err := alter(ctx, &h, k.Now()); err != nil {
			return err
		}
		out = h
		return nil
	})
	return out, err
}
