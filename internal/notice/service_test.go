package notice_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/similar"
	"assay/internal/store"
	"assay/internal/verdict"
)

var start = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// office is a marketplace with a holder, two shops and ten listings.
type office struct {
	*testing.T
	store *store.Store
	svc   *notice.Service
	desk  *casefile.Desk
	now   time.Time
}

func newOffice(t *testing.T) *office {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "a.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := &office{T: t, store: db, now: start}
	clock := func() time.Time { return o.now }
	o.svc = notice.NewService(db, casefile.Reception{}, clock)
	o.desk = &casefile.Desk{Store: db, Now: clock, Followers: []casefile.Follower{&notice.Follower{Store: db, Now: clock}}}
	ok := func(_ bool, err error) { t.Helper(); o.must(err) }
	ok(db.PutHolder(t.Context(), registry.RightsHolder{ID: "h", Name: "Quieto"}))
	ok(db.PutBrand(t.Context(), registry.Brand{ID: "b", HolderID: "h", Name: "Quieto"}))
	ok(db.PutRight(t.Context(), registry.Right{ID: "tm", BrandID: "b", Kind: registry.Trademark, Status: registry.RightRegistered}))
	ok(db.PutRight(t.Context(), registry.Right{ID: "patent", BrandID: "b", Kind: registry.Patent, Status: registry.RightRegistered}))
	for _, id := range []string{"shop", "licensed"} {
		ok(db.PutSeller(t.Context(), seller.Seller{ID: id, ExternalID: id, Name: id, Status: seller.Active, Verification: seller.Verified}))
	}
	ok(db.PutLicence(t.Context(), registry.Licence{ID: "l", BrandID: "b", SellerID: "licensed", Status: registry.LicenceActive}))
	for i := range 10 {
		o.lists(fmt.Sprint("A-", i), "shop")
	}
	o.lists("L-1", "licensed")
	return o
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) lists(id, shop string) {
	o.Helper()
	offer := listing.Offer{Title: "Lampada " + id, Link: "https://www.shop.example/item/" + strings.ToLower(id) + "?utm_source=x"}
	_, r, _, err := o.store.PutRevision(o.Context(), listing.Listing{ID: "id-" + id, Market: "main", ExternalID: id, SellerID: shop},
		listing.Revision{ListingID: "id-" + id, Source: "api", ContentHash: id, Offer: offer, CreatedAt: start})
	o.must(err)
	_, err = o.store.SetStatus(o.Context(), "id-"+id, 0, listing.Live, start)
	o.must(err)
	o.must(o.store.KeepPrints(o.Context(), []similar.Shown{similar.ShownBy(r, nil)}))
}

// plain is a whole notice about lines.
func plain(kind notice.Kind, lines string) notice.Notice {
	n := notice.Notice{Kind: kind, HolderID: "h", BrandID: "b", RightID: "tm", Lines: lines, Door: "api",
		Facts:   "The lamp on the picture is not made by us: the base is plastic and our mark is printed.",
		Contact: notice.Contact{Name: "A. Verdi", Email: "legal@quieto.example"}, Declared: notice.Declared{GoodFaith: true, Accurate: true, Authority: true}}
	if kind == notice.Patent {
		n.RightID = "patent"
	}
	return n
}

var holder, reviewer = casefile.Actor{ID: "holder"}, casefile.Actor{ID: "reviewer"}

func (o *office) send(n notice.Notice) notice.Notice {
	o.Helper()
	n, err := o.svc.Send(o.Context(), n, holder)
	o.must(err)
	return n
}

func (o *office) items(id string) []notice.Item {
	o.Helper()
	list, err := o.store.Items(o.Context(), id, 0, 1000)
	o.must(err)
	return list
}

func (o *office) told(id string) string {
	o.Helper()
	var out []string
	for _, it := range o.items(id) {
		s := string(it.State)
		if it.Problem != "" {
			s += ":" + it.Problem
		}
		out = append(out, s)
	}
	n, err := o.store.Notice(o.Context(), id)
	o.must(err)
	return string(n.State) + " " + strings.Join(out, " ")
}

func (o *office) decide(caseID string, outcome verdict.Decision, reason string) casefile.Case {
	o.Helper()
	c, err := o.store.Case(o.Context(), caseID)
	o.must(err)
	o.now = o.now.Add(time.Minute)
	c, err = o.desk.Decide(o.Context(), caseID, casefile.Answer{Outcome: outcome, Reason: reason, Version: c.Version}, reviewer)
	o.must(err)
	return c
}

func (o *office) status(id string) listing.Status {
	o.Helper()
	l, err := o.store.Listing(o.Context(), "id-"+id)
	o.must(err)
	return l.Status
}

func TestOneBadLineLosesNoOther(t *testing.T) {
	o := newOffice(t)
	_, err := o.store.SetStatus(t.Context(), "id-A-5", 0, listing.Removed, start)
	o.must(err)
	n := o.send(plain(notice.Counterfeit, "A-0\nhttps://shop.example/item/a-1?spm=7#top\nid-A-2\nhttps://other.example/A-3\nnonsense\nA-0\nhttps://%zz\nA-5\nL-1"))
	want := "open waiting waiting waiting waiting unknown:no_such_listing repeated:line_repeated unknown:bad_address unknown:gone waiting"
	if got := o.told(n.ID); got != want || n.Number != 1 || n.SentAt == nil || n.Tier != notice.New {
		t.Errorf("number %d, tier %s:\n got %s\nwant %s", n.Number, n.Tier, got, want)
	}
	items := o.items(n.ID)
	for i, id := range []string{"id-A-0", "id-A-1", "id-A-2", "id-A-3"} {
		c, err := o.store.Case(t.Context(), items[i].CaseID)
		o.must(err)
		if items[i].ListingID != id || c.ListingID != id || c.Source != casefile.FromNotice || c.Severity != 3 || c.HolderID != "h" || c.Reason != "notice_counterfeit" || c.DueAt.IsZero() {
			t.Errorf("line %d: %+v\n%+v", i+1, items[i], c)
		}
	}
}

func TestIncompleteIsAskedForOnceAndLapses(t *testing.T) {
	o := newOffice(t)
	first := plain(notice.Counterfeit, "A-0")
	first.RightID, first.Declared.Accurate = "", false
	n := o.send(first)
	if n.State != notice.Incomplete || n.Number != 1 || len(n.Missing) != 2 || n.Missing[0].Code != "right" || n.Missing[1].Code != "accurate" || !n.RepairBy.Equal(start.AddDate(0, 0, 7)) {
		t.Fatalf("%+v", n)
	}
	if _, err := o.store.OpenCaseOf(t.Context(), "id-A-0", casefile.FromNotice); !fault.Is(err, fault.NotFound) {
		t.Error("an incomplete notice opened a case")
	}
	o.now = start.AddDate(0, 0, 3)
	half := first
	half.ID, half.Version, half.RightID = n.ID, n.Version, "tm"
	n = o.send(half)
	if n.State != notice.Incomplete || len(n.Missing) != 1 || !n.RepairBy.Equal(start.AddDate(0, 0, 7)) {
		t.Errorf("the time to mend was prolonged: %+v", n)
	}
	mended := half
	mended.Version, mended.Declared.Accurate = n.Version, true
	if n = o.send(mended); n.State != notice.Open || n.Number != 1 || n.RepairBy != nil {
		t.Errorf("mended: %+v", n)
	}
	late := plain(notice.Counterfeit, "A-1")
	late.Facts = "fake"
	late = o.send(late)
	o.now = o.now.AddDate(0, 0, 7)
	o.must(o.svc.Tend(t.Context(), nil))
	if got := o.told(late.ID); !strings.HasPrefix(got, "lapsed") {
		t.Errorf("after seven days: %s", got)
	}
	a, err := o.svc.AccuracyOf(t.Context(), "holder:h")
	o.must(err)
	if a.Notices != 1 || a.Decided != 0 {
		t.Errorf("a lapsed notice is counted: %+v", a)
	}
}

func TestTheSameAgainIsTheFirst(t *testing.T) {
	o := newOffice(t)
	n := o.send(plain(notice.Counterfeit, "A-0\nA-1"))
	if again := o.send(plain(notice.Counterfeit, "A-1 , A-0")); again.ID != n.ID || again.Number != 1 {
		t.Errorf("again: %s, %d", again.ID, again.Number)
	}
	overlap := plain(notice.Counterfeit, "A-1\nA-2")
	overlap.Facts += " And these too."
	second := o.send(overlap)
	if got := o.told(second.ID); got != "open repeated:open_already waiting" {
		t.Errorf("overlapping: %s", got)
	}
	other := plain(notice.Counterfeit, "A-0")
	other.HolderID, other.BrandID, other.RightID, other.Owner, other.Contact.Email = "", "", "", "EM 018000000, ours", "somebody@else.example"
	third := o.send(other)
	a, b := o.items(n.ID)[0].CaseID, o.items(third.ID)[0].CaseID
	if a != b || a == "" {
		t.Errorf("two notifiers ask in two cases, %s and %s", a, b)
	}
}

func TestAnswers(t *testing.T) {
	o := newOffice(t)
	n := o.send(plain(notice.TrademarkInText, "A-0\nA-1\nA-2"))
	items := o.items(n.ID)
	o.decide(items[0].CaseID, verdict.Block, "trademark_in_text")
	o.decide(items[1].CaseID, verdict.Pass, "compatible_use")
	if got := o.told(n.ID); got != "open accepted refused waiting" {
		t.Errorf("after two: %s", got)
	}
	// The third is removed in a case of screening: that answers the notice too.
	own := casefile.Case{ID: "own", Source: casefile.FromScreening, ListingID: "id-A-2", RevisionID: items[2].RevisionID, SellerID: "shop", Title: "x", State: casefile.Open, DueAt: start, CreatedAt: start, UpdatedAt: start}
	o.must(o.store.PutCase(t.Context(), own))
	o.decide("own", verdict.Block, "counterfeit")
	c, err := o.store.Case(t.Context(), items[2].CaseID)
	o.must(err)
	if got := o.told(n.ID); got != "done accepted refused accepted" || c.State != casefile.Superseded {
		t.Errorf("after three: %s, its case %s", got, c.State)
	}
	// Decided again the other way: the first was wrong.
	o.decide(items[0].CaseID, verdict.Pass, "licensed")
	a, err := o.svc.AccuracyOf(t.Context(), "holder:h")
	o.must(err)
	if got := o.told(n.ID); got != "done refused refused accepted" || !o.items(n.ID)[0].Overturned || a.Accepted != 1 || a.Refused != 1 || a.Overturned != 1 {
		t.Errorf("overturned: %s, %+v", got, a)
	}
}

func TestAGroupTakenBackAsksAgain(t *testing.T) {
	o := newOffice(t)
	n := o.send(plain(notice.Counterfeit, "A-0"))
	c := o.decide(o.items(n.ID)[0].CaseID, verdict.Block, "counterfeit")
	o.must(o.store.Atomic(t.Context(), func(ctx context.Context) error {
		_, err := o.desk.Rule(ctx, []casefile.Ruling{{Case: c, Status: c.Decision.Was, Reverses: c.Decision.ID, Answer: casefile.Answer{Outcome: verdict.Pass, Reason: casefile.TakenBack}}}, reviewer)
		return err
	}))
	if got := o.told(n.ID); got != "open waiting" {
		t.Errorf("taken back: %s", got)
	}
}

func TestFirstActionsAndWithdrawal(t *testing.T) {
	o := newOffice(t)
	for i := range 40 { // a notifier of good standing
		o.lists(fmt.Sprint("G-", i), "shop")
	}
	var lines strings.Builder
	for i := range 40 {
		fmt.Fprintln(&lines, "G-", i)
	}
	past := o.send(plain(notice.Counterfeit, strings.ReplaceAll(lines.String(), "- ", "-")))
	for _, it := range o.items(past.ID) {
		o.decide(it.CaseID, verdict.Block, "counterfeit")
	}
	n := o.send(plain(notice.Counterfeit, "A-0\nA-1\nL-1"))
	if n.Tier != notice.GoodFaith || o.status("A-0") != listing.Held || o.status("A-1") != listing.Held || o.status("L-1") != listing.Live {
		t.Fatalf("tier %s: %s, %s, licensed %s", n.Tier, o.status("A-0"), o.status("A-1"), o.status("L-1"))
	}
	c, err := o.store.Case(t.Context(), o.items(n.ID)[0].CaseID)
	o.must(err)
	if c.Proposed != verdict.Block || c.Tier != "good_faith" {
		t.Errorf("%+v", c)
	}
	patent := o.send(plain(notice.Patent, "A-3"))
	held, err := o.store.Case(t.Context(), o.items(patent.ID)[0].CaseID)
	o.must(err)
	if held.Hold == nil || held.Hold.Reason != "waiting_seller" || o.status("A-3") != listing.Live {
		t.Errorf("a patent is put to the seller first: %+v", held)
	}
	o.decide(o.items(n.ID)[1].CaseID, verdict.Block, "counterfeit")
	n, err = o.svc.Withdraw(t.Context(), n.ID, nil, holder)
	o.must(err)
	back, err := o.store.OpenCaseOf(t.Context(), "id-A-1", casefile.FromNotice)
	o.must(err)
	c, err = o.store.Case(t.Context(), c.ID)
	o.must(err)
	if got := o.told(n.ID); got != "withdrawn retired retired retired" || o.status("A-0") != listing.Live || o.status("A-1") != listing.Removed ||
		back.Reason != "notice_retracted" || c.State != casefile.Superseded {
		t.Errorf("withdrawn: %s, %s, %s, asked again %q, the case %s", got, o.status("A-0"), o.status("A-1"), back.Reason, c.State)
	}
	if _, err := o.svc.Withdraw(t.Context(), n.ID, nil, holder); err != nil {
		t.Error(err)
	}
}

func TestDraftsAndLimits(t *testing.T) {
	o := newOffice(t)
	d, err := o.svc.Save(t.Context(), notice.Notice{HolderID: "h", Facts: "half a sen"}, holder)
	o.must(err)
	if d.State != notice.Draft || d.Number != 0 {
		t.Fatalf("%+v", d)
	}
	whole := plain(notice.Counterfeit, "A-0")
	whole.ID, whole.Version = d.ID, d.Version
	stale := whole
	if n := o.send(whole); n.ID != d.ID || n.State != notice.Open || n.Number != 1 {
		t.Errorf("%+v", n)
	}
	if _, err := o.svc.Send(t.Context(), stale, holder); !fault.Is(err, fault.Conflict) {
		t.Errorf("sent twice: %v", err)
	}
	if err := o.store.DeleteDraft(t.Context(), d.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a notice that was sent is deleted: %v", err)
	}
	rules, err := notice.ParseRules([]byte("daily: {new: 2}"))
	o.must(err)
	o.svc.Rules = rules
	if _, err := o.svc.Send(t.Context(), plain(notice.Counterfeit, "A-1\nA-2"), holder); !fault.Is(err, fault.Forbidden) {
		t.Errorf("three in a day where two are allowed: %v", err)
	}
}
