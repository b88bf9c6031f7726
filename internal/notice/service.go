package notice

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
)

// Service takes notices in.
type Service struct {
	Store     Store
	Reception casefile.Reception
	Rules     *Rules // nil: Usual
	Now       func() time.Time
}

func (s *Service) rules() *Rules { return cmp.Or(s.Rules, Usual()) }

// Print is the same for notices that say the same of the same listings.
func (n Notice) Print() string {
	lines, _ := ParseLines(n.Lines)
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = cmp.Or(l.Key, l.Raw)
	}
	slices.Sort(names)
	return hashOf(strings.Join([]string{string(n.Kind), n.BrandID, n.RightID, strings.Join(strings.Fields(n.Facts), " "), strings.Join(slices.Compact(names), "\n")}, "\x00"))
}

// Save keeps a draft, or a change of one, without looking at what it lacks.
func (s *Service) Save(ctx context.Context, n Notice, by casefile.Actor) (Notice, error) {
	err := s.Store.Atomic(ctx, func(ctx context.Context) error {
		old, err := s.before(ctx, n)
		if err != nil {
			return err
		}
		if old.State != Draft {
			return fault.New(fault.Conflict, "this notice was sent already")
		}
		n = n.over(old)
		n.State, n.ActorID, n.UpdatedAt = Draft, by.ID, s.Now()
		if err := s.Store.PutNotice(ctx, n); err != nil {
			return err
		}
		n.Version++
		return nil
	})
	return n, err
}

// before is the stored state of a notice, or a new draft. A Version that is
// given must be the stored one.
func (s *Service) before(ctx context.Context, n Notice) (Notice, error) {
	if n.ID == "" {
		now := s.Now()
		return Notice{ID: uuid.Must(uuid.NewV7()).String(), State: Draft, CreatedAt: now, UpdatedAt: now}, nil
	}
	old, err := s.Store.Notice(ctx, n.ID)
	if err == nil && n.Version != 0 && n.Version != old.Version {
		err = fault.New(fault.Conflict, "this notice was changed in the meantime; look again")
	}
	return old, err
}

// over takes over from the stored notice what its writer does not say.
func (n Notice) over(old Notice) Notice {
	n.ID, n.Number, n.State, n.Version, n.CreatedAt, n.SentAt, n.RepairBy = old.ID, old.Number, old.State, old.Version, old.CreatedAt, old.SentAt, old.RepairBy
	n.Missing, n.ClosedAt, n.Tier = nil, nil, old.Tier
	n.Profile = cmp.Or(n.Profile, General)
	n.Contact.Email = strings.TrimSpace(n.Contact.Email)
	return n
}

// Send takes a notice in: a new one, a draft, or one that was incomplete. It
// gets its number at once. What it lacks is asked for once, field by field; a
// complete one becomes a case for each listing that is not named in vain. The
// same notice again while the first is open gives the first.
func (s *Service) Send(ctx context.Context, n Notice, by casefile.Actor) (Notice, error) {
	lines, _ := ParseLines(n.Lines)
	err := s.Store.Atomic(ctx, func(ctx context.Context) error {
		old, err := s.before(ctx, n)
		if err != nil {
			return err
		}
		if old.State != Draft && old.State != Incomplete {
			return fault.New(fault.Conflict, "this notice is taken in already")
		}
		n = n.over(old)
		if same, err := s.Store.SameNotice(ctx, n.Notifier(), n.Print()); err == nil && same.ID != n.ID {
			n = same
			return s.enter(ctx, "notice.repeated", n, by, nil)
		} else if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return s.receive(ctx, &n, lines, by)
	})
	return n, err
}

// receive checks a notice and carries on with it.
func (s *Service) receive(ctx context.Context, n *Notice, lines []Line, by casefile.Actor) error {
	now := s.Now()
	items, named, err := s.resolve(ctx, n.ID, lines)
	if err != nil {
		return err
	}
	behind, err := s.behind(ctx, *n)
	if err != nil {
		return err
	}
	standing, err := s.AccuracyOf(ctx, n.Notifier())
	if err != nil {
		return err
	}
	if err := s.within(ctx, *n, len(named), standing.Tier); err != nil {
		return err
	}
	if n.Number == 0 {
		if n.Number, err = s.Store.NextNumber(ctx); err != nil {
			return err
		}
		n.SentAt = &now
	}
	n.ActorID, n.UpdatedAt, n.Tier = by.ID, now, standing.Tier
	if n.Missing = n.Check(behind, len(lines), len(named), now); len(n.Missing) > 0 {
		return s.ask(ctx, n, by)
	}
	n.State, n.RepairBy = Open, nil
	if err := s.Store.PutNotice(ctx, *n); err != nil {
		return err
	}
	n.Version++
	if items, err = s.open(ctx, *n, items, named, by); err != nil {
		return err
	}
	if err := s.Store.PutItems(ctx, items); err != nil {
		return err
	}
	said := map[string]any{"kind": n.Kind, "listings": len(named), "lines": len(items), "tier": n.Tier}
	if err := s.enter(ctx, "notice.received", *n, by, said); err != nil {
		return err
	}
	return s.settle(ctx, n, by.ID)
}

// ask keeps an incomplete notice. Its time to be completed begins once: a
// second try that is still incomplete does not prolong it. Its lines are kept
// as text only: nothing waits for a decision yet.
func (s *Service) ask(ctx context.Context, n *Notice, by casefile.Actor) error {
	until := s.Now().Add(s.rules().Repair)
	if n.RepairBy == nil {
		n.RepairBy = &until
	}
	n.State = Incomplete
	if err := s.Store.PutNotice(ctx, *n); err != nil {
		return err
	}
	n.Version++
	var codes []string
	for _, m := range n.Missing {
		codes = append(codes, m.Path+":"+m.Code)
	}
	return s.enter(ctx, "notice.incomplete", *n, by, map[string]any{"missing": codes, "until": n.RepairBy})
}

// within refuses notices beyond what a notifier may name in a day.
func (s *Service) within(ctx context.Context, n Notice, more int, tier Tier) error {
	most, limited := s.rules().Daily[tier]
	if !limited {
		return nil
	}
	named, err := s.Store.NamedSince(ctx, n.Notifier(), s.Now().Add(-24*time.Hour))
	if err == nil && named+more > most {
		err = fault.New(fault.Forbidden, "at most %d listings can be named within 24 hours, %d are named already; send the rest tomorrow", most, named)
	}
	return err
}

// behind reads what the registry has behind a notice.
func (s *Service) behind(ctx context.Context, n Notice) (Behind, error) {
	var b Behind
	if n.BrandID != "" {
		brand, err := s.Store.Brand(ctx, n.BrandID)
		if err == nil {
			b.Brand = &brand
		} else if !fault.Is(err, fault.NotFound) {
			return b, err
		}
	}
	if n.RightID != "" {
		right, err := s.Store.Right(ctx, n.RightID)
		if err == nil {
			b.Right = &right
		} else if !fault.Is(err, fault.NotFound) {
			return b, err
		}
	}
	return b, nil
}

// Lacks says what a notice would lack, without keeping anything.
func (s *Service) Lacks(ctx context.Context, n Notice) ([]fault.Field, []Item, error) {
	n.Profile = cmp.Or(n.Profile, General)
	lines, _ := ParseLines(n.Lines)
	items, named, err := s.resolve(ctx, n.ID, lines)
	if err != nil {
		return nil, nil, err
	}
	behind, err := s.behind(ctx, n)
	return n.Check(behind, len(lines), len(named), s.Now()), items, err
}

// resolve finds what the lines name. A bad line loses no other.
func (s *Service) resolve(ctx context.Context, noticeID string, lines []Line) ([]Item, map[string]Named, error) {
	var names, links []string
	for _, l := range lines {
		names = append(names, l.Names...)
		if l.Key != "" {
			links = append(links, l.Key)
		}
	}
	found, err := s.Store.Resolve(ctx, names, links)
	if err != nil {
		return nil, nil, err
	}
	byName, byLink := map[string][]Named{}, map[string][]Named{}
	for _, f := range found {
		byName[f.ListingID] = append(byName[f.ListingID], f)
		if f.ExternalID != f.ListingID {
			byName[f.ExternalID] = append(byName[f.ExternalID], f)
		}
		if f.Link != "" {
			byLink[f.Link] = append(byLink[f.Link], f)
		}
	}
	items, named := make([]Item, len(lines)), map[string]Named{}
	for i, l := range lines {
		items[i] = Item{NoticeID: noticeID, Line: l.N, Raw: l.Raw, State: Unknown, Problem: l.Problem}
		if l.Problem != "" {
			continue
		}
		one, problem := pick(l, byName, byLink)
		if items[i].Problem = problem; problem != "" {
			continue
		}
		items[i].ListingID = one.ListingID
		if _, before := named[one.ListingID]; before {
			items[i].State, items[i].Problem = Repeated, LineRepeated
			continue
		}
		items[i].State = Waiting
		named[one.ListingID] = one
	}
	return items, named, nil
}

// pick is the one listing that a line names: by its address, or else by the
// first of its parts that is an id.
func pick(l Line, byName, byLink map[string][]Named) (Named, string) {
	if list := byLink[l.Key]; l.Key != "" && len(list) > 0 {
		if len(list) > 1 {
			return Named{}, LineAmbiguous
		}
		return list[0], ""
	}
	for _, name := range l.Names {
		switch list := byName[name]; len(list) {
		case 0:
		case 1:
			return list[0], ""
		default:
			return Named{}, LineAmbiguous
		}
	}
	return Named{}, LineNoListing
}

// AccuracyOf measures a notifier within the rules' window.
func (s *Service) AccuracyOf(ctx context.Context, notifier string) (Accuracy, error) {
	r := s.rules()
	a, err := s.Store.Figures(ctx, notifier, s.Now().Add(-r.Tiers.Window))
	a.Notifier = notifier
	return r.Measured(a, false), err
}

// settle closes a notice whose listings are all answered, and opens one again
// of which one no longer is.
func (s *Service) settle(ctx context.Context, n *Notice, by string) error {
	return settle(ctx, s.Store, s.Now(), n, by)
}

func settle(ctx context.Context, st Store, now time.Time, n *Notice, by string) error {
	counts, err := st.CountItems(ctx, n.ID)
	if err != nil {
		return err
	}
	switch {
	case counts.settled() && n.State == Open:
		n.State, n.ClosedAt = Done, &now
	case !counts.settled() && n.State == Done:
		n.State, n.ClosedAt = Open, nil
	default:
		return nil
	}
	n.UpdatedAt = now
	if err := st.PutNotice(ctx, *n); err != nil {
		return err
	}
	n.Version++
	kind := "notice.closed"
	if n.State == Open {
		kind = "notice.reopened"
	}
	return enter(ctx, st, now, kind, n.ID, by, map[string]any{"number": n.Number, "lines": counts})
}

// enter writes a step down; nothing personal, and not what was said.
func (s *Service) enter(ctx context.Context, kind string, n Notice, by casefile.Actor, more map[string]any) error {
	if more == nil {
		more = map[string]any{}
	}
	more["number"] = n.Number
	if n.HolderID != "" {
		more["holder"] = n.HolderID
	}
	return enter(ctx, s.Store, s.Now(), kind, n.ID, by.ID, more)
}

func enter(ctx context.Context, st ledger.Store, now time.Time, kind, id, by string, said map[string]any) error {
	data, err := json.Marshal(said)
	if err != nil {
		return err
	}
	_, err = st.Append(ctx, ledger.Entry{At: now, Actor: by, Kind: kind, Subject: id, Data: data})
	return err
}

// NewService is a service on a store, with the usual rules.
func NewService(store Store, reception casefile.Reception, now func() time.Time) *Service {
	return &Service{Store: store, Reception: reception, Now: now}
}
