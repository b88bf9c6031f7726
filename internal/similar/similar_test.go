package similar_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/similar"
	"assay/internal/store"
	"assay/internal/verdict"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// bench is a marketplace with two shops, a brand, and whatever a test adds.
type bench struct {
	t     testing.TB
	ctx   context.Context
	store *store.Store
	svc   *similar.Service
	desk  *casefile.Desk
}

func newBench(t testing.TB, db *store.Store) *bench {
	t.Helper()
	now := func() time.Time { return noon }
	b := &bench{t: t, ctx: t.Context(), store: db}
	b.desk = &casefile.Desk{Store: db, Now: now, Followers: []casefile.Follower{&similar.Follower{Store: db, Now: now}}}
	b.svc = &similar.Service{Store: db, Desk: b.desk, Now: now, Limits: similar.Limits{"reviewer": 3, "admin": 5000},
		Finder: &similar.Finder{Store: db, Index: &similar.Index{Store: db}, Now: now}}
	_, err := db.PutHolder(b.ctx, registry.RightsHolder{ID: "h", Name: "Holder"})
	b.must(err)
	_, err = db.PutBrand(b.ctx, registry.Brand{ID: "volt", HolderID: "h", Name: "Volt"})
	b.must(err)
	for _, id := range []string{"shop", "other", "licensed"} {
		_, err = db.PutSeller(b.ctx, seller.Seller{ID: id, ExternalID: id, Name: id, Verification: seller.Verified, Status: seller.Active})
		b.must(err)
	}
	_, err = db.PutLicence(b.ctx, registry.Licence{ID: "lic", BrandID: "volt", SellerID: "licensed", Status: registry.LicenceActive})
	b.must(err)
	return b
}

func sqlite(t testing.TB) *store.Store {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "a.db"), store.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// lists puts a listing on sale that shows one picture, as screening leaves it.
func (b *bench) lists(id, shop, title, picture string, code pdq.Hash) listing.Revision {
	b.t.Helper()
	o := listing.Offer{Title: title, Pictures: []listing.Picture{{Hash: picture, State: listing.PictureStored}}}
	_, r, _, err := b.store.PutRevision(b.ctx, listing.Listing{ID: id, Market: "main", ExternalID: id, SellerID: shop},
		listing.Revision{ListingID: id, Source: "api", ContentHash: o.ContentHash() + id, Offer: o, CreatedAt: noon})
	b.must(err)
	_, err = b.store.SetStatus(b.ctx, id, 0, listing.Live, noon)
	b.must(err)
	p := signal.Print{Hash: picture, Quality: 90}
	p.Codes[pdq.Original] = code
	for i := 1; i < 8; i++ {
		p.Codes[i] = pdq.Hash{uint64(i), uint64(len(id)), code[0] * 3, ^code[1]}
	}
	b.must(b.store.KeepPrints(b.ctx, []similar.Shown{similar.ShownBy(r, []signal.Seen{{Print: p}})}))
	return r
}

// suspects opens a case about a listing.
func (b *bench) suspects(r listing.Revision, shop string) casefile.Case {
	b.t.Helper()
	v := verdict.Verdict{ID: "v-" + r.ListingID, RevisionID: r.ID, ListingID: r.ListingID, Decision: verdict.Review, Matched: []string{"volt"}, Policy: "p", CreatedAt: noon}
	b.must(b.store.PutVerdict(b.ctx, v))
	c := casefile.Case{ID: "case-" + r.ListingID, Source: casefile.FromScreening, ListingID: r.ListingID, RevisionID: r.ID, VerdictID: v.ID, SellerID: shop, BrandID: "volt",
		HolderID: "h", Title: r.Offer.Title, Reason: "text_name", Proposed: verdict.Review, State: casefile.Open, DueAt: noon.Add(time.Hour), CreatedAt: noon, UpdatedAt: noon}
	b.must(b.store.PutCase(b.ctx, c))
	c.Version = 1
	return c
}

func (b *bench) status(id string) listing.Status {
	b.t.Helper()
	l, err := b.store.Listing(b.ctx, id)
	b.must(err)
	return l.Status
}

func (b *bench) members(g similar.Group, f similar.MemberFilter) map[string]similar.Member {
	b.t.Helper()
	f.Limit = similar.Most
	list, err := b.store.Members(b.ctx, g.ID, f)
	b.must(err)
	out := map[string]similar.Member{}
	for _, m := range list {
		out[m.ListingID] = m
	}
	return out
}

func why(m similar.Member) string {
	out := ""
	for _, w := range m.Whys {
		out += w.Code + " "
	}
	return out
}

var ann, zoe = casefile.Actor{ID: "ann", Name: "Ann"}, casefile.Actor{ID: "zoe", Name: "Zoe"}

var red = pdq.Hash{0x123456789abcdef, 0xfedcba987654321, 0x5555aaaa5555aaaa, 0x0f0f0f0f0f0f0f0f}

// market is the usual scene: a case, and goods that are like it in every way.
func market(t *testing.T) (*bench, casefile.Case) {
	b := newBench(t, sqlite(t))
	near := red
	near[0] ^= 0b1011
	far := pdq.Hash{^red[0], ^red[1], red[2], red[3]}
	seed := b.suspects(b.lists("seed", "shop", "볼트 무선 충전기 15W 정품", "red", red), "shop")
	b.lists("same", "other", "手工编织单肩包", "red", red)
	b.lists("near", "other", "Tazza di ceramica", "reddish", near)
	b.lists("words", "other", "볼트 무선 충전기 15W 정품!", "blue", far)
	b.suspects(b.lists("shop", "shop", "여름 원피스", "green", pdq.Hash{7, 7, 7, 7}), "shop")
	b.lists("licensed", "licensed", "볼트 무선 충전기 15W 정품", "red", red)
	b.lists("else", "other", "손뜨개 담요", "grey", pdq.Hash{1, ^uint64(0), 1, 2})
	b.lists("cleared", "other", "볼트 무선 충전기 15W", "red", red)
	c := b.suspects(mustRev(b, "cleared.1"), "other")
	_, err := b.desk.Decide(b.ctx, c.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "second_hand", Version: 1}, ann)
	b.must(err)
	b.lists("down", "other", "볼트 무선 충전기 15W", "red", red)
	_, err = b.store.SetStatus(b.ctx, "down", 0, listing.Removed, noon)
	b.must(err)
	return b, seed
}

func mustRev(b *bench, id string) listing.Revision {
	b.t.Helper()
	r, err := b.store.Revision(b.ctx, id)
	b.must(err)
	return r
}

func TestWhatIsFoundAndWhy(t *testing.T) {
	b, seed := market(t)
	g, err := b.svc.Begin(b.ctx, seed.ID, ann)
	b.must(err)
	in, apart := b.members(g, similar.MemberFilter{}), b.members(g, similar.MemberFilter{Apart: true})
	for id, want := range map[string]string{"seed": "the_case ", "same": "same_picture ", "near": "near_picture ", "words": "same_words ", "shop": "same_asset same_shop "} {
		if m := in[id]; why(m) != want || !m.Selected {
			t.Errorf("%s: %q selected %v, want %q", id, why(m), m.Selected, want)
		}
	}
	for id, bar := range map[string]string{"licensed": similar.Licensed, "cleared": similar.Cleared, "down": similar.Down} {
		if m := apart[id]; m.Bar != bar || m.Selected {
			t.Errorf("%s: bar %q selected %v, want %q", id, m.Bar, m.Selected, bar)
		}
	}
	if len(in) != 5 || len(apart) != 3 {
		t.Errorf("%d and %d apart", len(in), len(apart))
	}
	if w := in["near"].Whys[0]; w.Mine != "red" || w.Theirs != "reddish" || w.Distance != 3 || in["near"].Picture != "reddish" {
		t.Errorf("near: %+v", w)
	}
	if w := in["words"].Whys[0]; len(w.Spans) == 0 || w.Spans[0].Start != 0 {
		t.Errorf("words: %+v", w)
	}
}

func TestTheChoiceIsKept(t *testing.T) {
	b, seed := market(t)
	g, err := b.svc.Begin(b.ctx, seed.ID, ann)
	b.must(err)
	for _, step := range []struct {
		ids  []string
		on   bool
		want int
	}{{[]string{"near", "words"}, false, 2}, {[]string{"licensed", "down"}, true, 1}, {[]string{"near", "nothing"}, false, 0}} {
		if n, err := b.svc.Select(b.ctx, g.ID, step.ids, step.on, ann); err != nil || n != step.want {
			t.Errorf("%v: %d, %v", step.ids, n, err)
		}
	}
	b.lists("late", "other", "볼트 무선 충전기 15W 정품", "red", red)
	again, err := b.svc.Begin(b.ctx, seed.ID, zoe)
	b.must(err)
	got := b.members(g, similar.MemberFilter{Selected: true})
	for id, want := range map[string]bool{"near": false, "words": false, "licensed": true, "down": false, "same": true, "late": true} {
		if _, in := got[id]; in != want {
			t.Errorf("%s is selected: %v, want %v", id, in, want)
		}
	}
	if again.ID != g.ID {
		t.Error("looking again began another group")
	}
	if n, err := b.svc.Select(b.ctx, g.ID, nil, false, ann); err != nil || n != len(got) {
		t.Errorf("all out: %d, %v", n, err)
	}
	if n, err := b.svc.Select(b.ctx, g.ID, nil, true, ann); err != nil || n != 6 {
		t.Errorf("all in: %d, %v; those shown apart must not come along", n, err)
	}
}

func TestDecidedTogetherAndTakenBack(t *testing.T) {
	b, seed := market(t)
	g, err := b.svc.Begin(b.ctx, seed.ID, ann)
	b.must(err)
	answer := casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Note: "all alike", Version: g.Version}
	if _, err := b.svc.Decide(b.ctx, g.ID, answer, ann, "reviewer"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("five where three are allowed: %v", err)
	}
	stale := answer
	stale.Version--
	if _, err := b.svc.Decide(b.ctx, g.ID, stale, ann, "admin"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a group that was changed: %v", err)
	}
	b.lists("words", "other", "볼트 무선 충전기 15W 정품, 새것", "blue2", pdq.Hash{9, 9, 9, 9}) // changed in the meantime
	_, err = b.desk.Claim(b.ctx, "case-shop", zoe)
	b.must(err)
	g, err = b.svc.Decide(b.ctx, g.ID, answer, ann, "admin")
	b.must(err)
	got := b.members(g, similar.MemberFilter{Selected: true})
	for id, want := range map[string]struct {
		status  listing.Status
		problem string
	}{"seed": {listing.Removed, ""}, "same": {listing.Removed, ""}, "near": {listing.Removed, ""}, "words": {listing.Live, similar.Changed}, "shop": {listing.Live, similar.Busy}} {
		if m := got[id]; m.Status != want.status || m.Problem != want.problem || (m.Decision == "") != (want.problem != "") {
			t.Errorf("%s: %+v, want %+v", id, m, want)
		}
	}
	if b.status("licensed") != listing.Live || b.status("cleared") != listing.Live {
		t.Error("what was shown apart was swept along")
	}
	decisions, err := b.store.GroupDecisions(b.ctx, g.ID)
	b.must(err)
	downs, err := b.store.StayDowns(b.ctx, "", 100)
	b.must(err)
	if len(decisions) != 3 || len(downs) != 3 {
		t.Fatalf("%d decisions, %d prints", len(decisions), len(downs))
	}
	if _, err := b.svc.Decide(b.ctx, g.ID, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: g.Version}, ann, "admin"); !fault.Is(err, fault.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	b.undo(g)
}

// undo takes the group back after one listing was changed and another decided
// elsewhere.
func (b *bench) undo(g similar.Group) {
	t := b.t
	b.lists("same", "other", "手工编织单肩包 新", "red", red)
	near, err := b.store.Case(b.ctx, b.members(g, similar.MemberFilter{Selected: true})["near"].CaseID)
	b.must(err)
	_, err = b.desk.Decide(b.ctx, near.ID, casefile.Answer{Outcome: verdict.Block, Reason: "stolen_photograph", Version: near.Version}, zoe)
	b.must(err)
	for range 2 { // twice does nothing twice
		g, err = b.svc.Undo(b.ctx, g.ID, "wrong goods", ann)
		b.must(err)
	}
	got := b.members(g, similar.MemberFilter{Selected: true})
	for id, want := range map[string]string{"seed": similar.Back, "same": similar.Changed, "near": similar.Elsewhere, "words": "", "shop": ""} {
		if got[id].Undone != want {
			t.Errorf("%s: undone %q, want %q", id, got[id].Undone, want)
		}
	}
	back, err := b.store.Case(b.ctx, "case-seed")
	b.must(err)
	if b.status("seed") != listing.Live || back.State != casefile.Open || back.Decision.Reason != casefile.TakenBack || back.Decision.Reverses == "" {
		t.Errorf("the seed is %s, its case %+v", b.status("seed"), back)
	}
	made, err := b.store.GroupDecisions(b.ctx, g.ID+".undo")
	b.must(err)
	downs, err := b.store.StayDowns(b.ctx, "", 100)
	b.must(err)
	c, err := b.store.CountMembers(b.ctx, g.ID)
	b.must(err)
	if len(made) != 1 || len(downs) != 2 || c.Undone != 1 || c.Kept != 2 || c.Decided != 3 || c.Left != 2 {
		t.Errorf("%d taken back, %d prints stand, %+v", len(made), len(downs), c)
	}
	p, err := b.store.Pasts(b.ctx, []string{"seed"})
	b.must(err)
	if p["seed"].Reason != casefile.TakenBack {
		t.Errorf("the past of the seed is %+v", p["seed"])
	}
}

func TestAPassLiftsThePrint(t *testing.T) {
	b, seed := market(t)
	c, err := b.desk.Decide(b.ctx, seed.ID, casefile.Answer{Outcome: verdict.Block, Reason: "counterfeit", Version: 1}, ann)
	b.must(err)
	d, err := b.store.StayDown(b.ctx, c.Decision.ID)
	b.must(err)
	if len(d.Pictures) != 1 || d.Pictures[0].Code == nil || d.Words == "" || d.BrandID != "volt" || d.SellerID != "shop" {
		t.Errorf("left %+v", d)
	}
	before, err := b.store.ChangeHead(b.ctx)
	b.must(err)
	_, err = b.desk.Decide(b.ctx, seed.ID, casefile.Answer{Outcome: verdict.Pass, Reason: "licensed", Version: c.Version}, zoe)
	b.must(err)
	d, err = b.store.StayDown(b.ctx, d.ID)
	b.must(err)
	changes, err := b.store.Changes(b.ctx, before, 10)
	b.must(err)
	if d.LiftedAt == nil || len(changes) != 1 || changes[0].Kind != "staydown" || changes[0].ID != d.ID {
		t.Errorf("lifted %v, told %v", d.LiftedAt, changes)
	}
}
