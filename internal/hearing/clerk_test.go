package hearing_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/statement"
	"assay/internal/store"
	"assay/internal/verdict"
)

var anna, ben, shop, brand = casefile.Actor{ID: "anna", Name: "Anna"}, casefile.Actor{ID: "ben", Name: "Ben"}, casefile.Actor{ID: "shop-account"}, casefile.Actor{ID: "brand-account"}

// court is a marketplace with one suspicious listing, a ladder, and a clock.
type court struct {
	*store.Store
	t      *testing.T
	ctx    context.Context
	now    time.Time
	desk   *casefile.Desk
	ladder *enforcement.Ladder
	clerk  *hearing.Clerk
	// complains is the holder who complained, "" for none.
	complains string
}

func newCourt(t *testing.T, country string, kind registry.RightKind) *court {
	t.Helper()
	o := &court{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)} // a Monday, noon in Seoul
	var err error
	o.Store, err = store.Open(o.ctx, "sqlite:"+filepath.Join(t.TempDir(), "assay.db"), store.Options{Migrate: true})
	o.must(err)
	t.Cleanup(func() { _ = o.Close() })
	clock := func() time.Time { return o.now }
	o.ladder = &enforcement.Ladder{Store: o.Store, Queue: o.Jobs(), Now: clock}
	o.desk = &casefile.Desk{Store: o.Store, Now: clock, Followers: []casefile.Follower{o.ladder}}
	o.clerk = hearing.Join(o.desk, o.Store, o.ladder, o.notices, clock)
	change := func(_ bool, err error) { t.Helper(); o.must(err) }
	change(o.PutHolder(o.ctx, registry.RightsHolder{ID: "holder", Name: "Bolt", Country: "IT"}))
	change(o.PutBrand(o.ctx, registry.Brand{ID: "brand", HolderID: "holder", Name: "BOLT"}))
	change(o.PutRight(o.ctx, registry.Right{ID: "right", BrandID: "brand", Kind: kind, Office: "KR", Number: "40-1", Status: registry.RightRegistered}))
	change(o.PutAsset(o.ctx, registry.Asset{ID: "asset", BrandID: "brand", RightID: "right", Kind: registry.AssetName, Text: "BOLT"}))
	change(o.PutSeller(o.ctx, seller.Seller{ID: "shop", ExternalID: "s", Name: "Shop", Country: country, Verification: seller.Verified, Status: seller.Active, CreatedAt: o.now, UpdatedAt: o.now}))
	return o
}

func (o *court) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *court) notices(_ context.Context, c casefile.Case) ([]statement.Notice, error) {
	if o.complains == "" {
		return nil, nil
	}
	return []statement.Notice{{ID: "notice", HolderID: o.complains, Source: statement.Noticed, Said: "It is ours.", At: c.CreatedAt}}, nil
}

// suspect holds a listing whose title names the brand, and opens its case.
func (o *court) suspect(id string) casefile.Case {
	o.t.Helper()
	o.revise(id, "BOLT charger")
	v := o.verdict(listing.RevisionID(id, 1), id, verdict.Review)
	_, err := o.SetStatus(o.ctx, id, 1, listing.Held, o.now)
	o.must(err)
	c := casefile.Case{ID: "case-" + id, Source: casefile.FromScreening, ListingID: id, RevisionID: listing.RevisionID(id, 1), VerdictID: v.ID, SellerID: "shop", BrandID: "brand", HolderID: "holder", Title: "BOLT charger",
		Reason: "text_name", Proposed: verdict.Review, State: casefile.Open, DueAt: o.now, TurnAt: o.now, CreatedAt: o.now, UpdatedAt: o.now}
	o.must(o.PutCase(o.ctx, c))
	return o.get(c.ID)
}

func (o *court) revise(id, title string) {
	o.t.Helper()
	_, _, _, err := o.PutRevision(o.ctx, listing.Listing{ID: id, Market: "main", ExternalID: "x-" + id, SellerID: "shop", Status: listing.Pending, CreatedAt: o.now, UpdatedAt: o.now},
		listing.Revision{ListingID: id, Source: "api", Offer: listing.Offer{Title: title}, ContentHash: title, CreatedAt: o.now})
	o.must(err)
}

func (o *court) verdict(revision, id string, d verdict.Decision) verdict.Verdict {
	o.t.Helper()
	v := verdict.Verdict{ID: "verdict-" + revision, RevisionID: revision, ListingID: id, Decision: d, Policy: "default@1", CreatedAt: o.now}
	if d != verdict.Pass {
		v.Matched = []string{"asset"}
		v.Signals = []signal.Signal{{Kind: signal.TextName, Detector: "words/1", AssetID: "asset", BrandID: "brand", RightID: "right", Score: .9, Spans: []signal.Span{{Field: "title", End: 4, Text: "BOLT", Matched: "BOLT"}}}}
		v.Reasons = []verdict.Reason{{Rule: "name", Code: "text_name", Decision: d, Signals: []int{0}}}
	}
	o.must(o.PutVerdict(o.ctx, v))
	return v
}

func (o *court) get(id string) casefile.Case {
	o.t.Helper()
	c, err := o.Case(o.ctx, id)
	o.must(err)
	return c
}

func (o *court) decide(caseID string, outcome verdict.Decision, reason, note string, by casefile.Actor) casefile.Decision {
	o.t.Helper()
	c, err := o.desk.Claim(o.ctx, caseID, by)
	o.must(err)
	c, err = o.desk.Decide(o.ctx, caseID, casefile.Answer{Outcome: outcome, Reason: reason, Note: note, Version: c.Version}, by)
	o.must(err)
	return *c.Decision
}

func (o *court) remove(id string) casefile.Decision {
	o.t.Helper()
	return o.decide(o.suspect(id).ID, verdict.Block, "trademark_in_text", "", anna)
}

func (o *court) only(f hearing.Filter) hearing.Hearing {
	o.t.Helper()
	list, _, err := o.Hearings(o.ctx, f)
	o.must(err)
	if len(list) != 1 {
		o.t.Fatalf("%d hearings for %+v", len(list), f)
	}
	return list[0]
}

func (o *court) tend() {
	o.t.Helper()
	for range 2 { // doing it twice changes nothing
		o.must(o.clerk.Tend(o.ctx, nil))
	}
}

func (o *court) status(id string) listing.Status {
	o.t.Helper()
	l, err := o.Listing(o.ctx, id)
	o.must(err)
	return l.Status
}

func (o *court) points() int {
	o.t.Helper()
	list, err := o.Penalties(o.ctx, "shop")
	o.must(err)
	n := 0
	for _, a := range list {
		if a.ReversedAt == nil {
			n += a.Points
		}
	}
	return n
}

func (o *court) letter(kind statement.Kind) statement.Statement {
	o.t.Helper()
	list, _, err := o.Statements(o.ctx, statement.Filter{Kind: kind})
	o.must(err)
	if len(list) == 0 {
		o.t.Fatalf("no letter says %s", kind)
	}
	return list[0]
}

// givenBack is how many points a letter says are given back.
func givenBack(s statement.Statement) int {
	n := 0
	for _, e := range s.Effects {
		if e.Back && e.Kind == statement.Points {
			n += e.Amount
		}
	}
	return n
}

func deny(text string) hearing.Saying { return hearing.Saying{Stance: hearing.Denies, Text: text} }

// The clocks of each profile, by the calendars of Korea, Italy and China.
func TestClocks(t *testing.T) {
	for _, c := range []struct {
		country  string
		kind     registry.RightKind
		profile  string
		answer   string // the seller's seven business days after Monday 2 March 2026
		replyDue string // after an answer at once
	}{
		{"KR", registry.Trademark, "general", "2026-03-11T15:00:00Z", "2026-03-09T23:00:00Z"}, // 2 March stands in for the 1st, a Sunday
		{"IT", registry.Trademark, "eu", "2026-03-11T23:00:00Z", "2026-03-09T23:00:00Z"},
		{"US", registry.Copyright, "us_copyright", "2026-03-11T04:00:00Z", "2026-03-16T23:00:00Z"}, // still Sunday there; summer time begins
		{"US", registry.Trademark, "general", "2026-03-11T04:00:00Z", "2026-03-09T23:00:00Z"},
		{"CN", registry.Trademark, "cn", "2026-03-11T16:00:00Z", "2026-03-17T23:00:00Z"},
	} {
		o := newCourt(t, c.country, c.kind)
		o.complains = "holder"
		d := o.remove("one")
		h := o.only(hearing.Filter{DecisionID: d.ID})
		if h.Profile != c.profile || h.Due == nil || h.Due.Format(time.RFC3339) != c.answer {
			t.Errorf("%s %s: profile %s, answer until %v, want %s until %s", c.country, c.kind, h.Profile, h.Due, c.profile, c.answer)
			continue
		}
		if s := o.letter(statement.Removed); s.Redress.AnswerUntil == nil || !s.Redress.AnswerUntil.Equal(*h.Due) || s.Redress.AppealUntil == nil || !s.Redress.AppealUntil.Equal(h.AppealUntil) {
			t.Errorf("the letter says %+v", s.Redress)
		}
		p := hearing.ProfileOf(h)
		h, err := o.clerk.Answer(o.ctx, h.ID, hearing.Saying{Stance: hearing.Denies, Text: "No.", Declared: p.Declare, Contact: "Kim, Seoul, 02-123"}, shop)
		o.must(err)
		if h.State != hearing.AwaitsComplainant || h.Due.Format(time.RFC3339) != c.replyDue {
			t.Errorf("%s: %s, reply until %v, want %s", c.country, h.State, h.Due, c.replyDue)
		}
	}
}

func TestSilenceOfTheSellerUpholds(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	d := o.remove("one")
	h := o.only(hearing.Filter{DecisionID: d.ID})
	o.now = h.Due.Add(-time.Second)
	o.tend()
	if o.only(hearing.Filter{DecisionID: d.ID}).State == hearing.Ended {
		t.Fatal("the clock ended too early")
	}
	o.now = *h.Due
	if _, err := o.clerk.Answer(o.ctx, h.ID, deny("late"), shop); !fault.Is(err, fault.Conflict) {
		t.Errorf("a late answer was taken: %v", err)
	}
	o.tend()
	if h = o.only(hearing.Filter{DecisionID: d.ID}); h.End != hearing.SellerSilent || o.status("one") != listing.Removed {
		t.Errorf("ended %s, the listing is %s", h.End, o.status("one"))
	}
	o.now = o.now.AddDate(0, 5, 0) // the decision can still be appealed
	a, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Seller, "", hearing.Saying{Text: "I was ill."}, shop)
	o.must(err)
	if a.State != hearing.AwaitsDecision {
		t.Errorf("the appeal is %s", a.State)
	}
}

func TestTheTimeToAppealEnds(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	d := o.remove("one")
	o.now = o.only(hearing.Filter{DecisionID: d.ID}).AppealUntil
	o.tend()
	if _, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Seller, "", hearing.Saying{Text: "Late."}, shop); !fault.Is(err, fault.Conflict) {
		t.Errorf("a late appeal was taken: %v", err)
	}
}

func TestSilenceOfTheComplainantRestores(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	o.complains = "holder"
	d := o.remove("one")
	had := o.points()
	if had == 0 {
		t.Fatal("the removal cost nothing")
	}
	h, err := o.clerk.Answer(o.ctx, o.only(hearing.Filter{DecisionID: d.ID}).ID, deny("They are mine."), shop)
	o.must(err)
	o.now = *h.Due
	o.tend()
	h = o.only(hearing.Filter{DecisionID: d.ID})
	if h.End != hearing.ComplainantSilent || h.EndedBy == "" || o.status("one") != listing.Live || o.points() != 0 {
		t.Errorf("ended %s by %q, the listing is %s, %d points", h.End, h.EndedBy, o.status("one"), o.points())
	}
	s := o.letter(statement.Restored)
	if s.Decided != statement.ByMachine || givenBack(s) != had {
		t.Errorf("the letter tells of %+v, decided %s", s.Effects, s.Decided)
	}
	list, _, err := o.Restitutions(o.ctx, "shop", "", 10)
	o.must(err)
	if len(list) != 1 || list[0].Points != had || list[0].Hours < 24*7 || list[0].HolderID != "holder" || list[0].Reversed != d.ID {
		t.Errorf("restitution %+v", list)
	}
}

func TestTheComplainantSpeaks(t *testing.T) {
	for stance, want := range map[hearing.Stance]struct {
		state  hearing.State
		end    hearing.End
		status listing.Status
	}{
		hearing.Maintains: {hearing.AwaitsDecision, "", listing.Removed},
		hearing.Withdraws: {hearing.Ended, hearing.Withdrawn, listing.Live},
		hearing.Sues:      {hearing.Ended, hearing.Court, listing.Removed},
	} {
		o := newCourt(t, "KR", registry.Trademark)
		o.complains = "holder"
		d := o.remove("one")
		h, err := o.clerk.Answer(o.ctx, o.only(hearing.Filter{DecisionID: d.ID}).ID, deny("No."), shop)
		o.must(err)
		h, err = o.clerk.Reply(o.ctx, h.ID, hearing.Saying{Stance: stance, Text: "So."}, brand)
		o.must(err)
		if h.State != want.state || h.End != want.end || o.status("one") != want.status {
			t.Errorf("%s: %s %s, the listing is %s", stance, h.State, h.End, o.status("one"))
		}
	}
}

// Where the law says so, nothing but a court keeps the goods off sale.
func TestOnlyACourtKeepsGoodsOffSale(t *testing.T) {
	o := newCourt(t, "US", registry.Copyright)
	o.complains = "holder"
	d := o.remove("one")
	id := o.only(hearing.Filter{DecisionID: d.ID}).ID
	if _, err := o.clerk.Answer(o.ctx, id, deny("No."), shop); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a counter-notice without declarations was taken: %v", err)
	}
	_, err := o.clerk.Answer(o.ctx, id, hearing.Saying{Stance: hearing.Denies, Text: "No.", Declared: hearing.Declarations(), Contact: "Ann, 1 Road, 555"}, shop)
	o.must(err)
	h, err := o.clerk.Reply(o.ctx, id, hearing.Saying{Stance: hearing.Maintains, Text: "It is ours."}, brand)
	o.must(err)
	if h.State != hearing.AwaitsComplainant {
		t.Fatalf("a mere reply made it %s", h.State)
	}
	o.now = *h.Due
	o.tend()
	if o.status("one") != listing.Live {
		t.Errorf("the listing is %s", o.status("one"))
	}
}

// An appeal over both clocks, decided by somebody who was not involved; what
// the wrong decision did is undone.
func TestAnAppealIsDecidedByAnother(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	o.complains = "holder"
	d := o.remove("one")
	had := o.points()
	o.now = *o.only(hearing.Filter{DecisionID: d.ID}).Due
	o.tend()
	h, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Seller, "", hearing.Saying{Text: "Here is the licence."}, shop)
	o.must(err)
	c := o.get(h.CaseID)
	if c.AppealOf != d.ID || !slices.Contains(c.Barred, anna.ID) || c.Hold == nil || c.Hold.Reason != "waiting_holder" {
		t.Fatalf("the case is %+v", c)
	}
	if _, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Seller, "", hearing.Saying{Text: "Again."}, shop); !fault.Is(err, fault.Conflict) {
		t.Errorf("it was appealed twice: %v", err)
	}
	if _, err := o.desk.Claim(o.ctx, c.ID, anna); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who decided may claim the appeal: %v", err)
	}
	o.now = c.Hold.Until
	back := o.decide(c.ID, verdict.Pass, "licensed", "The licence is valid.", ben)
	h = o.only(hearing.Filter{CaseID: c.ID})
	if back.Reverses != d.ID || h.End != hearing.Granted || o.status("one") != listing.Live || o.points() != 0 {
		t.Errorf("reverses %q, ended %s, the listing is %s, %d points", back.Reverses, h.End, o.status("one"), o.points())
	}
	s := o.letter(statement.Restored)
	if s.Reply != "The licence is valid." || !s.Objection || s.Decided != statement.ByPerson || givenBack(s) != had {
		t.Errorf("the letter is %+v", s)
	}
}

func TestAnAppealIsRefusedWithReasons(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	d := o.remove("one")
	h, err := o.clerk.Answer(o.ctx, o.only(hearing.Filter{DecisionID: d.ID}).ID, deny("Not ours."), shop)
	o.must(err)
	c, err := o.desk.Claim(o.ctx, h.CaseID, ben)
	o.must(err)
	if _, err := o.desk.Decide(o.ctx, c.ID, casefile.Answer{Outcome: verdict.Block, Reason: "trademark_in_text", Version: c.Version}, ben); !fault.Is(err, fault.Invalid) {
		t.Fatalf("it was refused without a word: %v", err)
	}
	had := o.points()
	o.decide(h.CaseID, verdict.Block, "trademark_in_text", "The title begins with the mark.", ben)
	s := o.letter(statement.Upheld)
	if s.Reply == "" || s.Redress.AppealUntil == nil || s.Redress.AnswerUntil != nil || o.points() != had || o.status("one") != listing.Removed {
		t.Errorf("the letter is %+v, %d points", s, o.points())
	}
	// Both who were involved are barred from the appeal that may follow.
	a, err := o.clerk.Appeal(o.ctx, s.Goods[0].DecisionID, hearing.Seller, "", hearing.Saying{Text: "Still not."}, shop)
	o.must(err)
	barred := o.get(a.CaseID).Barred
	if !slices.Contains(barred, anna.ID) || !slices.Contains(barred, ben.ID) {
		t.Errorf("barred are %v", barred)
	}
}

// Who complained in vain may appeal as well.
func TestTheComplainantAppeals(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	o.complains = "holder"
	d := o.decide(o.suspect("one").ID, verdict.Pass, "compatible_use", "", anna)
	if _, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Seller, "", hearing.Saying{Text: "?"}, shop); !fault.Is(err, fault.Conflict) {
		t.Errorf("the seller appealed what is for him: %v", err)
	}
	h, err := o.clerk.Appeal(o.ctx, d.ID, hearing.Complainant, "holder", hearing.Saying{Text: "Look at the box."}, brand)
	o.must(err)
	_, err = o.clerk.Comment(o.ctx, h.ID, hearing.Seller, hearing.Saying{Stance: hearing.Comments, Text: "The box is plain."}, shop)
	o.must(err)
	if o.get(h.CaseID).Hold != nil {
		t.Error("the case still waits for the seller")
	}
	o.decide(h.CaseID, verdict.Block, "counterfeit", "The box bears the mark.", ben)
	if o.status("one") != listing.Removed || o.only(hearing.Filter{CaseID: h.CaseID}).End != hearing.Granted {
		t.Errorf("the listing is %s", o.status("one"))
	}
}

// What was plainly mended is back at once with a smaller penalty; what is still
// there, and counterfeits, are not.
func TestCure(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		still  bool
		want   listing.Status
	}{"mended": {"trademark_in_text", false, listing.Live}, "still there": {"trademark_in_text", true, listing.Removed}, "a counterfeit": {"counterfeit", false, listing.Removed}} {
		o := newCourt(t, "KR", registry.Trademark)
		d := o.decide(o.suspect("one").ID, verdict.Block, c.reason, "", anna)
		had := o.points()
		o.now = o.now.Add(time.Hour)
		o.revise("one", "a charger")
		v := o.verdict(listing.RevisionID("one", 2), "one", verdict.Pass)
		if c.still {
			v.Signals = []signal.Signal{{Kind: signal.TextName, AssetID: "asset", BrandID: "brand"}}
		}
		asks := o.get("case-one")
		asks.ID, asks.RevisionID, asks.VerdictID, asks.State, asks.Version, asks.Decision = "asks", listing.RevisionID("one", 2), v.ID, casefile.Open, 0, nil
		o.must(o.PutCase(o.ctx, asks))
		o.must(o.Atomic(o.ctx, func(ctx context.Context) error {
			_, err := o.clerk.Cure(ctx, o.get("asks"), v, o.now)
			return err
		}))
		if o.status("one") != c.want {
			t.Errorf("%s: the listing is %s, want %s", name, o.status("one"), c.want)
		}
		if c.want != listing.Live {
			continue
		}
		s := o.letter(statement.Restored)
		if h := o.only(hearing.Filter{DecisionID: d.ID}); h.End != hearing.Cured || o.points() != (had+1)/2 || s.Ground.Code != statement.Cured {
			t.Errorf("%s: ended %s, %d of %d points stay, ground %s", name, h.End, o.points(), had, s.Ground.Code)
		}
		if len(s.Effects) != 1 || givenBack(s) != had-(had+1)/2 {
			t.Errorf("%s: the letter tells of %+v", name, s.Effects)
		}
	}
}

func TestMoreTimeIsSeenByBoth(t *testing.T) {
	o := newCourt(t, "KR", registry.Trademark)
	h := o.only(hearing.Filter{DecisionID: o.remove("one").ID})
	until, err := hearing.EndOfDay(h, "2026-03-20")
	o.must(err)
	for reason, end := range map[string]time.Time{"": until, "too early": h.Due.Add(-time.Hour), "too late": o.now.AddDate(0, 4, 0)} {
		if _, err := o.clerk.Extend(o.ctx, h.ID, end, reason, anna); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", reason, err)
		}
	}
	h, err = o.clerk.Extend(o.ctx, h.ID, until, "The seller is in hospital.", anna)
	o.must(err)
	if !h.Due.Equal(time.Date(2026, 3, 20, 15, 0, 0, 0, time.UTC)) || len(h.Extensions) != 1 {
		t.Errorf("due %v, %+v", h.Due, h.Extensions)
	}
}
