package casefile

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"assay/internal/fault"
	"assay/internal/ledger"
)

// Team is a desk as the marketplace knows it: a regional team with a queue of
// its own. New cases go to the first team whose rules they fit, by Rank and
// then ID, or else to the common queue.
type Team struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2: its business days
	Rank    int    `json:"rank"`              // smaller is asked first
	Rules   Rules  `json:"rules"`
	// Common lets its members work on the common queue too.
	Common    bool      `json:"common,omitempty"`
	Members   []Seat    `json:"members"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Rules say which cases a team takes: those that fit every list that is not
// empty. Without any list it takes none by itself.
type Rules struct {
	Countries []string `json:"countries,omitempty"` // of the seller
	Languages []string `json:"languages,omitempty"` // of the listing: ko, zh, ja by its script, else ""
	Brands    []string `json:"brands,omitempty"`    // ids
	Markets   []string `json:"markets,omitempty"`
	Sources   []Source `json:"sources,omitempty"`
}

// Seat is a member's: he may see a team's cases, and decide them or not. Reviewers who are
// members of a team are limited to their teams; those of none see everything.
type Seat struct {
	AccountID string `json:"account_id"` // a person or an API key
	Decides   bool   `json:"decides"`
}

// Colleague is somebody to whom a case can be handed or who can be asked.
type Colleague struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Desks []string `json:"desks,omitempty"` // whose cases he decides, "" being the common queue; nil: all
}

// May reports whether a colleague may decide cases of a desk.
func (c Colleague) May(desk string) bool { return c.Desks == nil || slices.Contains(c.Desks, desk) }

// TeamStore keeps teams. Missing rows give fault.NotFound.
type TeamStore interface {
	PutTeam(ctx context.Context, t Team) error // inserts or replaces by ID, with its members
	Team(ctx context.Context, id string) (Team, error)
	Teams(ctx context.Context) ([]Team, error) // by rank, then id
	// DeleteTeam gives its open cases to the common queue.
	DeleteTeam(ctx context.Context, id string) error
	// Colleagues are those who may decide cases, by name.
	Colleagues(ctx context.Context) ([]Colleague, error)
}

// traits are what rules look at.
type traits struct {
	country, language, brand, market string
	source                           Source
}

func (r Rules) fit(t traits) bool {
	some := false
	fits := func(list []string, value string) bool {
		some = some || len(list) > 0
		return len(list) == 0 || slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, value) })
	}
	sources := make([]string, len(r.Sources))
	for i, s := range r.Sources {
		sources[i] = string(s)
	}
	ok := fits(r.Countries, t.country)
	ok = fits(r.Languages, t.language) && ok
	ok = fits(r.Brands, t.brand) && ok
	ok = fits(r.Markets, t.market) && ok
	ok = fits(sources, string(t.source)) && ok
	return ok && some
}

// Validate reports what is wrong with a team.
func (t Team) Validate() error {
	var f []fault.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(t.Name)); n < 1 || n > 100 {
		f = append(f, fault.Field{Path: "name", Code: "bad_name", Message: "give a name of 1 to 100 characters"})
	}
	if t.ID == "" || t.ID == Common || len(t.ID) > 60 || strings.ContainsFunc(t.ID, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) {
		f = append(f, fault.Field{Path: "id", Code: "bad_id", Message: "use 1 to 60 small letters, digits and -"})
	}
	if t.Country != "" && (len(t.Country) != 2 || strings.ToUpper(t.Country) != t.Country) {
		f = append(f, fault.Field{Path: "country", Code: "bad_country", Message: "use the country's two letters, such as KR"})
	}
	if len(t.Members) > 500 || len(t.Rules.Brands) > 1000 || len(t.Rules.Countries) > 300 || len(t.Rules.Languages) > 100 || len(t.Rules.Markets) > 100 {
		f = append(f, fault.Field{Path: "rules", Code: "too_many", Message: "this is too long"})
	}
	for _, s := range t.Rules.Sources {
		if !slices.Contains(Sources, s) {
			f = append(f, fault.Field{Path: "rules.sources", Code: "unknown_value", Message: "this is no source of cases"})
		}
	}
	if len(f) > 0 {
		return &fault.Error{Code: fault.Invalid, Message: "the desk cannot be kept as it is", Fields: f}
	}
	return nil
}

// SaveTeam checks and keeps a team and writes down who changed it.
func (d *Desk) SaveTeam(ctx context.Context, t Team, by Actor) (Team, error) {
	slices.SortFunc(t.Members, func(a, b Seat) int { return strings.Compare(a.AccountID, b.AccountID) })
	t.Members = slices.CompactFunc(t.Members, func(a, b Seat) bool { return a.AccountID == b.AccountID })
	if err := t.Validate(); err != nil {
		return Team{}, err
	}
	err := d.Store.Atomic(ctx, func(ctx context.Context) error {
		old, err := d.Store.Team(ctx, t.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		t.CreatedAt, t.UpdatedAt = old.CreatedAt, d.Now()
		if t.CreatedAt.IsZero() {
			t.CreatedAt = t.UpdatedAt
		}
		if err := d.Store.PutTeam(ctx, t); err != nil {
			return err
		}
		return d.record(ctx, "desk.saved", t.ID, by, map[string]any{"rules": t.Rules, "members": t.Members})
	})
	return t, err
}

// RemoveTeam closes a desk; its open cases go to the common queue.
func (d *Desk) RemoveTeam(ctx context.Context, id string, by Actor) error {
	return d.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := d.Store.DeleteTeam(ctx, id); err != nil {
			return err
		}
		return d.record(ctx, "desk.removed", id, by, map[string]any{})
	})
}

// record writes one entry about a subject into the ledger.
func (d *Desk) record(ctx context.Context, kind, subject string, by Actor, said map[string]any) error {
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = d.Store.Append(ctx, ledger.Entry{At: d.Now(), Actor: by.ID, Kind: kind, Subject: subject, Data: data})
	return err
}
