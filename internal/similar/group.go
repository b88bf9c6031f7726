package similar

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
	"assay/internal/verdict"
)

// State is how far a group has come.
type State string

const (
	Choosing State = "choosing" // members are selected and excluded
	Decided  State = "decided"
	Undone   State = "undone" // all that could be was taken back
)

// Group is the goods of a case and those like them, to be decided together.
type Group struct {
	ID        string           `json:"id"` // also casefile.Decision.GroupID
	CaseID    string           `json:"case_id"`
	BrandID   string           `json:"brand_id,omitempty"`
	HolderID  string           `json:"holder_id,omitempty"`
	Title     string           `json:"title"` // of the case
	State     State            `json:"state"`
	Outcome   verdict.Decision `json:"outcome,omitempty"`
	Reason    string           `json:"reason,omitempty"` // ground
	Note      string           `json:"note,omitempty"`
	ActorID   string           `json:"actor_id"` // who did the last step
	Version   int              `json:"version"`
	CreatedAt time.Time        `json:"created_at"`
	UpdatedAt time.Time        `json:"updated_at"`
	DecidedAt *time.Time       `json:"decided_at,omitempty"`
	UndoneAt  *time.Time       `json:"undone_at,omitempty"`
}

// Counts says how many members are what.
type Counts struct {
	Members  int            `json:"members"`
	Selected int            `json:"selected"`
	Sellers  int            `json:"sellers"` // whose are selected
	Decided  int            `json:"decided"`
	Left     int            `json:"left"`   // selected but not decided; each says why
	Undone   int            `json:"undone"` // taken back
	Kept     int            `json:"kept"`   // that could not be taken back; each says why
	ByWhy    map[string]int `json:"by_reason"`
	ByBar    map[string]int `json:"by_bar"`
}

// MemberFilter selects members, by place.
type MemberFilter struct {
	Apart    bool   // those with a bar instead of those without
	Why      string // with this reason
	Selected bool   // only those
	Problems bool   // only those that were left out of the decision or of its undoing
	After    int    // place
	Limit    int    // 1..Most; 0 means 50
}

// Store keeps groups.
type Store interface {
	casefile.DeskStore
	Catalogue

	// PutGroup inserts (Version 0) or replaces a group whose Version still is
	// what the caller read, and raises it; otherwise fault.Conflict.
	PutGroup(ctx context.Context, g Group) error
	// Group returns fault.NotFound when there is none.
	Group(ctx context.Context, id string) (Group, error)
	// GroupsOf are the groups of a case, the newest first.
	GroupsOf(ctx context.Context, caseID string) ([]Group, error)
	// AddMembers adds listings that the group does not have; those it has stay
	// as they are.
	AddMembers(ctx context.Context, members []Member) error
	// SaveMembers replaces members that are there.
	SaveMembers(ctx context.Context, members []Member) error
	Members(ctx context.Context, groupID string, f MemberFilter) ([]Member, error)
	// Select marks members with these listings (nil: all without a bar) and
	// returns how many changed. Those with a final bar stay out.
	Select(ctx context.Context, groupID string, listingIDs []string, selected bool) (int, error)
	CountMembers(ctx context.Context, groupID string) (Counts, error)
}

// Limits are how many listings a role may decide together; a role that is not
// named may decide none.
type Limits map[string]int

// UsualLimits are what an installation begins with.
func UsualLimits() Limits { return Limits{"reviewer": 1000, "admin": Most} }

// Service is where groups are made, decided and undone.
type Service struct {
	Store  Store
	Desk   *casefile.Desk
	Finder *Finder
	Limits Limits
	Now    func() time.Time
}

// Begin finds the goods like those of a case. A group that is still being
// chosen is gone on with: what was selected by hand stays, what is new is added.
func (s *Service) Begin(ctx context.Context, caseID string, by casefile.Actor) (Group, error) {
	c, err := s.Store.Case(ctx, caseID)
	if err != nil {
		return Group{}, err
	}
	if c.State == casefile.Superseded {
		return Group{}, fault.New(fault.Conflict, "the seller has changed this listing; its newest state has a case of its own")
	}
	members, err := s.Finder.Find(ctx, c)
	if err != nil {
		return Group{}, err
	}
	var g Group
	err = s.Store.Atomic(ctx, func(ctx context.Context) error {
		list, err := s.Store.GroupsOf(ctx, caseID)
		if err != nil {
			return err
		}
		if len(list) > 0 && list[0].State == Choosing {
			g = list[0]
		} else {
			g = Group{ID: uuid.Must(uuid.NewV7()).String(), CaseID: c.ID, BrandID: c.BrandID, HolderID: c.HolderID, Title: c.Title,
				State: Choosing, CreatedAt: s.Now()}
		}
		g.ActorID, g.UpdatedAt = by.ID, s.Now()
		if err := s.Store.PutGroup(ctx, g); err != nil {
			return err
		}
		g.Version++
		for i := range members {
			members[i].GroupID = g.ID
		}
		return s.Store.AddMembers(ctx, members)
	})
	return g, err
}

// Select takes listings of a group in or out. No listings means all that are
// not shown apart.
func (s *Service) Select(ctx context.Context, groupID string, listingIDs []string, selected bool, by casefile.Actor) (int, error) {
	n := 0
	err := s.Store.Atomic(ctx, func(ctx context.Context) error {
		g, err := s.Store.Group(ctx, groupID)
		if err != nil {
			return err
		}
		if g.State != Choosing {
			return fault.New(fault.Conflict, "this group is decided already")
		}
		g.ActorID, g.UpdatedAt = by.ID, s.Now()
		if err := s.Store.PutGroup(ctx, g); err != nil {
			return err
		}
		n, err = s.Store.Select(ctx, groupID, listingIDs, selected)
		return err
	})
	return n, err
}

// Decide answers every selected listing of a group alike, in one transaction:
// open cases are used, for the others one is opened. Version is the group's as
// the person saw it. What has changed since it was looked at is left out, and
// says so.
func (s *Service) Decide(ctx context.Context, groupID string, a casefile.Answer, by casefile.Actor, role string) (Group, error) {
	if err := a.Validate(); err != nil {
		return Group{}, err
	}
	a.Innocent = false // pictures are judged one by one
	var g Group
	err := s.Store.Atomic(ctx, func(ctx context.Context) (err error) {
		if g, err = s.Store.Group(ctx, groupID); err != nil {
			return err
		}
		switch {
		case g.State != Choosing:
			return fault.New(fault.Conflict, "this group is decided already")
		case g.Version != a.Version:
			return fault.New(fault.Conflict, "this group was changed while you were reading it; look again and decide")
		}
		members, err := s.Store.Members(ctx, groupID, MemberFilter{Selected: true, Limit: Most})
		if err != nil {
			return err
		}
		if err := s.within(len(members), role); err != nil {
			return err
		}
		if err := s.rule(ctx, g, members, a, by); err != nil {
			return err
		}
		now := s.Now()
		g.State, g.Outcome, g.Reason, g.Note, g.ActorID, g.DecidedAt, g.UpdatedAt = Decided, a.Outcome, a.Reason, a.Note, by.ID, &now, now
		return s.keep(ctx, &g, "group.decided", members, by)
	})
	return g, err
}

// within refuses groups that are empty or larger than the role may decide.
func (s *Service) within(n int, role string) error {
	if n == 0 {
		return fault.New(fault.Invalid, "nothing is selected")
	}
	if most := s.Limits[role]; n > most {
		return fault.New(fault.Forbidden, "your role may decide %d listings together, %d are selected", most, n)
	}
	return nil
}

// rule decides the members and notes in each what became of it.
func (s *Service) rule(ctx context.Context, g Group, members []Member, a casefile.Answer, by casefile.Actor) error {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ListingID
	}
	list, err := s.Store.ListingRows(ctx, ids)
	if err != nil {
		return err
	}
	rows := make(map[string]Row, len(list))
	for _, r := range list {
		rows[r.ListingID] = r
	}
	seed, err := s.Store.Case(ctx, g.CaseID)
	if err != nil {
		return err
	}
	levels := cmp.Or(s.Desk.Levels, casefile.Usual())
	var rulings []casefile.Ruling
	var at []int
	for i := range members {
		m := &members[i]
		c, problem, err := s.caseOf(ctx, g, seed, *m, rows[m.ListingID], by)
		if err != nil {
			return err
		}
		if problem == "" && levels.TwoPeople(c, a) {
			problem = TwoPeople
		}
		if m.Problem = problem; problem != "" {
			continue
		}
		m.Reopen = c.Version > 0
		rulings, at = append(rulings, casefile.Ruling{Case: c, Answer: a, Group: g.ID}), append(at, i)
	}
	judged, err := s.Desk.Rule(ctx, rulings, by)
	if err != nil {
		return err
	}
	for n, j := range judged {
		members[at[n]].CaseID, members[at[n]].Decision = j.Case.ID, j.Decision.ID
	}
	return s.Store.SaveMembers(ctx, members)
}

// openOrder is which open case of a listing is used.
var openOrder = []casefile.Source{casefile.FromScreening, casefile.FromNotice, casefile.FromSimilar, casefile.FromSample}

// caseOf is the case in which a member is decided, or why it is left out.
func (s *Service) caseOf(ctx context.Context, g Group, seed casefile.Case, m Member, r Row, by casefile.Actor) (casefile.Case, string, error) {
	switch {
	case r.RevisionID != m.RevisionID:
		return casefile.Case{}, Changed, nil
	case final(statusBar(r.Status)):
		return casefile.Case{}, AsItStood, nil
	}
	for _, source := range openOrder {
		c, err := s.Store.OpenCaseOf(ctx, m.ListingID, source)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return c, "", err
		}
		switch held := c.HeldBy(s.Now()); {
		case c.RevisionID != m.RevisionID:
			continue // asks about an older state
		case held != "" && held != by.ID:
			return c, Busy, nil
		case c.MayRule(by) != nil:
			return c, Involved, nil
		}
		return c, "", nil
	}
	now := s.Now()
	return casefile.Case{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("similar\x00"+g.ID+"\x00"+m.ListingID)).String(), Source: casefile.FromSimilar,
		ListingID: m.ListingID, RevisionID: m.RevisionID, VerdictID: r.VerdictID, SellerID: r.SellerID, BrandID: seed.BrandID, HolderID: seed.HolderID,
		Title: r.Title, Reason: "similar_goods", Proposed: verdict.Review, Score: m.Score, TurnAt: seed.TurnAt, Severity: seed.Severity, Exposure: seed.Exposure, Tier: seed.Tier, Desk: seed.Desk,
		State: casefile.Open, DueAt: seed.DueAt, CreatedAt: now, UpdatedAt: now}, "", nil
}

// keep stores a group after a step, with its ledger entry.
func (s *Service) keep(ctx context.Context, g *Group, kind string, members []Member, by casefile.Actor) error {
	if err := s.Store.PutGroup(ctx, *g); err != nil {
		return err
	}
	g.Version++
	said := map[string]any{"case": g.CaseID, "outcome": g.Outcome, "reason": g.Reason, "members": len(members)}
	problems := map[string]int{}
	done := 0
	for _, m := range members {
		problem := m.Problem
		if kind == "group.undone" {
			problem = m.Undone
		}
		if problem == "" || problem == Back {
			done++
		} else {
			problems[problem]++
		}
	}
	said["done"] = done
	if len(problems) > 0 {
		said["left_out"] = problems
	}
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = s.Store.Append(ctx, ledger.Entry{At: s.Now(), Actor: by.ID, Kind: kind, Subject: g.ID, Data: data})
	return err
}

// errDone ends an undoing that was done before.
var errDone = errors.New("done before")

// New is a service on a store and a desk, with the usual limits.
func New(store Store, desk *casefile.Desk, now func() time.Time) *Service {
	return &Service{Store: store, Desk: desk, Now: now, Limits: UsualLimits(),
		Finder: &Finder{Store: store, Now: now, Index: &Index{Store: store}}}
}
