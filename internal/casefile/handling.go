package casefile

import (
	"context"
	"slices"
	"time"

	"assay/internal/calendar"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// Holds are the reasons to hold a case, in the order shown.
var Holds = []string{"waiting_seller", "waiting_holder", "waiting_expert", "waiting_court", "waiting_documents", "other"}

// SecondPerson is the reason of a hold while a second person is asked.
const SecondPerson = "second_person"

// LongestHold is how far ahead a hold may end.
const LongestHold = 30 * 24 * time.Hour

// HoldIn asks to hold a case.
type HoldIn struct {
	Reason  string    `json:"reason"` // one of Holds
	Note    string    `json:"note,omitempty"`
	Until   time.Time `json:"until"` // it comes back by itself, at most LongestHold from now
	Version int       `json:"version"`
}

// Hold lets a case wait until a time; its clock runs on. It comes back to the
// queue by itself, or when somebody claims it.
func (d *Desk) Hold(ctx context.Context, caseID string, in HoldIn, by Actor) (Case, error) {
	now := d.Now()
	if !slices.Contains(Holds, in.Reason) {
		return Case{}, &fault.Error{Code: fault.Invalid, Message: "say why the case waits",
			Fields: []fault.Field{{Path: "reason", Code: "unknown_reason", Message: "choose one of the reasons"}}}
	}
	if !in.Until.After(now) || in.Until.After(now.Add(LongestHold)) {
		return Case{}, &fault.Error{Code: fault.Invalid, Message: "say until when the case waits",
			Fields: []fault.Field{{Path: "until", Code: "bad_time", Message: "choose a time within the next 30 days"}}}
	}
	return d.handle(ctx, caseID, in.Version, by, func(ctx context.Context, c *Case) error {
		c.Hold = &Hold{Reason: in.Reason, Note: in.Note, Until: in.Until, ByID: by.ID, At: now}
		c.AssigneeID, c.LeaseUntil = "", nil
		_, err := d.note(ctx, "case.held", Note{CaseID: c.ID, Kind: HeldUp, Reason: in.Reason, Text: in.Note}, by)
		return err
	})
}

// OnHold reports whether a case waits at t.
func (c Case) OnHold(t time.Time) bool { return c.Hold != nil && t.Before(c.Hold.Until) }

// HandOverIn gives a case to a person or a desk.
type HandOverIn struct {
	AccountID string `json:"account_id,omitempty"` // either a person
	Desk      string `json:"desk,omitempty"`       // or a desk's id, or Common
	Note      string `json:"note,omitempty"`
	Version   int    `json:"version"`
}

// HandOver gives a case to a person, who has it until the end of the next
// business day, or to the queue of a desk.
func (d *Desk) HandOver(ctx context.Context, caseID string, in HandOverIn, by Actor) (Case, error) {
	if (in.AccountID == "") == (in.Desk == "") {
		return Case{}, missingField("to", "choose a person or a desk")
	}
	return d.handle(ctx, caseID, in.Version, by, func(ctx context.Context, c *Case) error {
		n := Note{CaseID: c.ID, Kind: HandedOn, Text: in.Note, ToID: in.AccountID + in.Desk}
		c.Hold = nil
		if in.Desk != "" {
			c.AssigneeID, c.LeaseUntil, c.Desk = "", nil, ""
			if in.Desk != Common {
				if _, err := d.Store.Team(ctx, in.Desk); err != nil {
					return unknown(err, "desk", "there is no such desk")
				}
				c.Desk = in.Desk
			}
		} else {
			if err := d.reachable(ctx, *c, in.AccountID); err != nil {
				return err
			}
			until, err := d.nextDay(ctx, *c)
			if err != nil {
				return err
			}
			c.AssigneeID, c.LeaseUntil = in.AccountID, &until
		}
		_, err := d.note(ctx, "case.handed_over", n, by)
		return err
	})
}

// AskIn asks a second person for an opinion.
type AskIn struct {
	AccountID string `json:"account_id"`
	Text      string `json:"text"`
	Version   int    `json:"version"`
}

// Ask asks a second person: the case stands in his queue and waits, at most
// until the end of the next business day. The decision stays with the first.
func (d *Desk) Ask(ctx context.Context, caseID string, in AskIn, by Actor) (Case, error) {
	if in.AccountID == by.ID {
		return Case{}, fault.New(fault.Invalid, "ask somebody else")
	}
	if in.Text == "" {
		return Case{}, missingField("text", "say what you want to know")
	}
	return d.handle(ctx, caseID, in.Version, by, func(ctx context.Context, c *Case) error {
		list, err := d.Store.Colleagues(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(p Colleague) bool { return p.ID == in.AccountID }) {
			return &fault.Error{Code: fault.Invalid, Message: "there is no such colleague",
				Fields: []fault.Field{{Path: "account_id", Code: "unknown_reference", Message: "choose one of your colleagues"}}}
		}
		until, err := d.nextDay(ctx, *c)
		if err != nil {
			return err
		}
		c.AskedID, c.AssigneeID, c.LeaseUntil = in.AccountID, "", nil
		c.Hold = &Hold{Reason: SecondPerson, Until: until, ByID: by.ID, At: d.Now()}
		_, err = d.note(ctx, "case.asked", Note{CaseID: c.ID, Kind: Question, Text: in.Text, ToID: in.AccountID}, by)
		return err
	})
}

// OpinionIn is what the second person thinks.
type OpinionIn struct {
	Outcome verdict.Decision `json:"outcome,omitempty"` // pass, block, or "" when the words say it
	Text    string           `json:"text"`
	Version int              `json:"version"`
}

// Opine writes the opinion down of who was asked, and gives the case back to
// whom it came from.
func (d *Desk) Opine(ctx context.Context, caseID string, in OpinionIn, by Actor) (Case, error) {
	if in.Outcome != "" && in.Outcome != verdict.Pass && in.Outcome != verdict.Block || in.Text == "" && in.Outcome == "" {
		return Case{}, missingField("text", "say what you think")
	}
	return d.change(ctx, caseID, func(ctx context.Context, c *Case, now time.Time) error {
		if c.State != Open || c.AskedID != by.ID {
			return fault.New(fault.Forbidden, "nobody asks you about this case")
		}
		if c.Version != in.Version {
			return errChanged()
		}
		n := Note{CaseID: c.ID, Kind: Opinion, Outcome: in.Outcome, Text: in.Text}
		if c.Hold != nil && c.Hold.Reason == SecondPerson {
			n.ToID = c.Hold.ByID
			until := now.Add(Lease)
			c.AssigneeID, c.LeaseUntil, c.Hold = c.Hold.ByID, &until, nil
		}
		c.AskedID = ""
		_, err := d.note(ctx, "case.opinion", n, by)
		return err
	})
}

// handle changes an open case that nobody else works on and that the actor saw
// as it is, with what is written down about it.
func (d *Desk) handle(ctx context.Context, caseID string, version int, by Actor, change func(ctx context.Context, c *Case) error) (Case, error) {
	var out Case
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		c, err := d.Store.Case(ctx, caseID)
		if err != nil {
			return err
		}
		now := d.Now()
		switch {
		case c.State != Open:
			return fault.New(fault.Conflict, "this case is no longer open")
		case c.Version != version:
			return errChanged()
		case c.HeldBy(now) != "" && c.HeldBy(now) != by.ID:
			return fault.New(fault.Conflict, "somebody else is working on this case")
		}
		if err := c.open(by); err != nil {
			return err
		}
		if err := change(ctx, &c); err != nil {
			return err
		}
		c.UpdatedAt = now
		if err := d.Store.PutCase(ctx, c); err != nil {
			return err
		}
		c.Version++
		out = c
		return nil
	})
	return out, err
}

// reachable checks that a person may decide a case.
func (d *Desk) reachable(ctx context.Context, c Case, accountID string) error {
	list, err := d.Store.Colleagues(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(p Colleague) bool { return p.ID == accountID && p.May(c.Desk) }) || slices.Contains(c.Barred, accountID) {
		return &fault.Error{Code: fault.Invalid, Message: "this person may not decide the case",
			Fields: []fault.Field{{Path: "account_id", Code: "may_not_decide", Message: "choose somebody of its desk who was not involved before"}}}
	}
	return nil
}

// nextDay is the end of the next business day where the case lies.
func (d *Desk) nextDay(ctx context.Context, c Case) (time.Time, error) {
	country := ""
	if c.Desk != "" {
		t, err := d.Store.Team(ctx, c.Desk)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return time.Time{}, err
		}
		country = t.Country
	}
	return calendar.For(country).AddDays(d.Now(), 1), nil
}

func errChanged() error {
	return fault.New(fault.Conflict, "this case was changed while you were reading it; look again and decide")
}

func unknown(err error, path, message string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return &fault.Error{Code: fault.Invalid, Message: message, Fields: []fault.Field{{Path: path, Code: "unknown_reference", Message: message}}}
}
