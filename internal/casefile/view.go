package casefile

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"assay/internal/fault"
	"assay/internal/verdict"
)

// Ask is what somebody looks for in the queue, as it is kept in a view. Zero
// fields do not filter; held cases are left out unless Held asks for them.
type Ask struct {
	State     State            `json:"state,omitempty"` // "" is open
	Source    Source           `json:"source,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	BrandID   string           `json:"brand,omitempty"`
	SellerID  string           `json:"seller,omitempty"`
	AssetID   string           `json:"asset,omitempty"`
	Desk      string           `json:"desk,omitempty"`   // id of a desk, or Common
	Holder    string           `json:"holder,omitempty"` // account id of who works on it; Me, Nobody
	Proposed  verdict.Decision `json:"proposed,omitempty"`
	Text      string           `json:"text,omitempty"`
	Severity  int              `json:"severity,omitempty"` // at least
	Clock     Clock            `json:"clock,omitempty"`    // Overdue; DueSoon takes in the overdue
	Older     int              `json:"older,omitempty"`    // hours since it was opened, at least
	Held      bool             `json:"held,omitempty"`     // those that wait
	Asked     bool             `json:"asked,omitempty"`    // those in which my opinion is asked
	TwoPeople bool             `json:"two_people,omitempty"`
}

// Me and Nobody are whom Ask.Holder may name beside an account.
const (
	Me     = "me"
	Nobody = "nobody"
)

// Filter is what the store is asked. soon is Levels.Soon.
func (a Ask) Filter(me string, now time.Time, soon time.Duration) Filter {
	f := Filter{State: a.State, Source: a.Source, Reason: a.Reason, BrandID: a.BrandID, SellerID: a.SellerID, AssetID: a.AssetID, Desk: a.Desk,
		Proposed: a.Proposed, Query: a.Text, Severity: a.Severity, TwoPeople: a.TwoPeople, Now: now}
	if f.State == "" {
		f.State = Open
	}
	switch a.Holder {
	case Me:
		f.AssigneeID = me
	case Nobody:
		f.Unassigned = true
	default:
		f.AssigneeID = a.Holder
	}
	switch a.Clock {
	case Overdue:
		f.DueBy = now
	case DueSoon:
		f.DueBy = now.Add(soon)
	}
	if a.Older > 0 {
		f.OpenedBy = now.Add(-time.Duration(a.Older) * time.Hour)
	}
	if a.Asked {
		f.AskedID = me
	} else if f.State == Open && a.Holder != Me {
		f.OnHold = &a.Held
	}
	return f
}

// View is a kept Ask.
type View struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	OwnerID   string    `json:"owner_id"`
	Desk      string    `json:"desk,omitempty"` // shared with it; Common: with everybody; "": its owner's alone
	Ask       Ask       `json:"ask"`
	CreatedAt time.Time `json:"created_at"`
}

// MaxViews is how many views one person keeps.
const MaxViews = 50

// ViewStore keeps views. Missing rows give fault.NotFound.
type ViewStore interface {
	PutView(ctx context.Context, v View) error // inserts or replaces by ID
	View(ctx context.Context, id string) (View, error)
	// Views are one's own and those shared with desks (nil: with any), by name.
	Views(ctx context.Context, ownerID string, desks []string) ([]View, error)
	DeleteView(ctx context.Context, id string) error
}

// SaveView keeps a view. desks are those whose views its author shares; nil: all.
func (d *Desk) SaveView(ctx context.Context, v View, desks []string) (View, error) {
	v.Name = strings.TrimSpace(v.Name)
	if err := v.Validate(); err != nil {
		return v, err
	}
	if v.Desk != "" && v.Desk != Common && desks != nil && !slices.Contains(desks, v.Desk) {
		return v, fault.New(fault.Forbidden, "share it with a desk of yours")
	}
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		if v.Desk != "" && v.Desk != Common {
			if _, err := d.Store.Team(ctx, v.Desk); err != nil {
				return unknown(err, "desk", "there is no such desk")
			}
		}
		if v.CreatedAt.IsZero() {
			list, err := d.Store.Views(ctx, v.OwnerID, []string{})
			if err != nil {
				return err
			}
			if len(list) >= MaxViews {
				return fault.New(fault.Invalid, "you have %d views; delete one first", MaxViews)
			}
			v.CreatedAt = d.Now()
		}
		return d.Store.PutView(ctx, v)
	})
	return v, err
}

// Soon is from how long before its due date a case counts as due soon.
func (d *Desk) Soon() time.Duration { return d.levels().Soon }

// ClockOf is how the due date of a case stands now.
func (d *Desk) ClockOf(c Case) Clock { return d.levels().ClockOf(c, d.Now()) }

// Validate reports what is wrong with a view.
func (v View) Validate() error {
	if n := utf8.RuneCountInString(strings.TrimSpace(v.Name)); n < 1 || n > 80 {
		return &fault.Error{Code: fault.Invalid, Message: "give the view a name",
			Fields: []fault.Field{{Path: "name", Code: "bad_name", Message: "give a name of 1 to 80 characters"}}}
	}
	return nil
}

// Hung says whether cases that wait are wanted: "yes", "no", or "" for all.
type Hung string

// Filter is what the store is asked.
func (h Hung) Filter() *bool {
	switch h {
	case "yes", "no":
		only := h == "yes"
		return &only
	}
	return nil
}
