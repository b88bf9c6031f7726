package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/listing"
	"assay/internal/listing/fetch"
	"assay/internal/listing/intake"
	"assay/internal/seller"
	"assay/internal/store"
)

// door is intake on a database of its own; queue keeps what is enqueued.
type door struct {
	*intake.Intake
	t     *testing.T
	ctx   context.Context
	store *store.Store
	queue *kept
	clock time.Time
	tick  time.Duration // how far the clock moves each time it is read
}

// kept remembers jobs beside the real queue.
type kept struct {
	job.Queue
	jobs []job.Job
}

func (k *kept) Enqueue(ctx context.Context, jobs ...job.Job) error {
	k.jobs = append(k.jobs, jobs...)
	return k.Queue.Enqueue(ctx, jobs...)
}

func (k *kept) count(kind string) (n int) {
	for _, j := range k.jobs {
		if j.Kind == kind {
			n++
		}
	}
	return n
}

func open(t *testing.T) *door {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), store.Options{Migrate: true})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	blobs, err := blob.Open(ctx, "mem:")
	must(t, err)
	d := &door{t: t, ctx: ctx, store: db, queue: &kept{Queue: db.Jobs()}, clock: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), tick: time.Millisecond}
	d.Intake = &intake.Intake{Store: db, Blobs: blobs, Queue: d.queue, Now: func() time.Time { d.clock = d.clock.Add(d.tick); return d.clock }}
	_, err = db.PutSeller(ctx, seller.Seller{ID: listing.SellerID("main", "shop"), ExternalID: "shop", Name: "Shop", Verification: seller.Verified, Status: seller.Active})
	must(t, err)
	return d
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func row(id, title string, pictures ...string) listing.Row {
	r := listing.Row{ExternalID: id, SellerExternalID: "shop", Offer: listing.Offer{Title: title}}
	for _, p := range pictures {
		r.Offer.Pictures = append(r.Offer.Pictures, listing.Picture{URL: p})
	}
	return r
}

func (d *door) take(src intake.Source, rows ...listing.Row) []intake.Taken {
	d.t.Helper()
	out, err := d.Take(d.ctx, src, rows)
	must(d.t, err)
	return out
}

var fromAPI = intake.Source{Name: "api", ActorID: "test"}

func TestTheSameAgainChangesNothing(t *testing.T) {
	d := open(t)
	first := d.take(fromAPI, row("a", "One"), row("b", "Two"))
	again := d.take(fromAPI, row("a", "One"), row("b", "Two, changed"))
	if !first[0].Changed || again[0].Changed || !again[1].Changed || again[1].Revision.Number != 2 {
		t.Errorf("changed: first %v, again %v and %v", first[0].Changed, again[0].Changed, again[1].Changed)
	}
	if n := d.queue.count(intake.ScreenJob); n != 2 {
		t.Errorf("%d screening jobs, want one for each time something changed", n)
	}
}

func TestBadRowsAreAnsweredAndLoseNothingElse(t *testing.T) {
	d := open(t)
	long := row("long", strings.Repeat("x", 3000))
	nul := row("nul", "a\x00b")
	stranger := row("s", "Title")
	stranger.SellerExternalID = ""
	got := d.take(fromAPI, row("ok", "Fine"), row("", "No id"), row("t", " "), long, nul, stranger,
		listing.Row{ExternalID: "p", SellerExternalID: "shop", Offer: listing.Offer{Title: "P", Price: &listing.Money{Minor: -1, Currency: "KRW"}}},
		listing.Row{ExternalID: "h", SellerExternalID: "shop", Offer: listing.Offer{Title: "H", Pictures: []listing.Picture{{Hash: blob.Key([]byte("nowhere"))}}}},
		row("ok2", "Fine too"))
	for i, want := range []string{"", "id", "title", "title", "title", "seller_id", "price", "pictures", ""} {
		var e *fault.Error
		switch ok := errors.As(got[i].Err, &e); {
		case want == "" && got[i].Err != nil:
			t.Errorf("row %d: %v", i, got[i].Err)
		case want != "" && (!ok || e.Code != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Path != want):
			t.Errorf("row %d: %v, want a problem with %s", i, got[i].Err, want)
		}
	}
	if _, err := d.store.Listing(d.ctx, listing.ID("main", "ok2")); err != nil {
		t.Error(err)
	}
}

func TestNobodyTakesOverAnotherShopsListing(t *testing.T) {
	d := open(t)
	d.take(fromAPI, row("a", "Mine"))
	theirs := row("a", "Now mine")
	theirs.SellerExternalID = "other"
	if got := d.take(fromAPI, theirs); !fault.Is(got[0].Err, fault.Invalid) {
		t.Errorf("taking over answered %v", got[0].Err)
	}
	src := fromAPI
	src.OnlySeller = listing.SellerID("main", "other")
	if got := d.take(src, row("b", "For somebody else")); !fault.Is(got[0].Err, fault.Forbidden) {
		t.Errorf("a seller's upload for another shop answered %v", got[0].Err)
	}
}

func TestAFeedNeverOverwritesASeller(t *testing.T) {
	d := open(t)
	r := row("a", "One")
	r.SellerName = "Another name"
	d.take(fromAPI, r)
	s, err := d.store.Seller(d.ctx, listing.SellerID("main", "shop"))
	must(t, err)
	if s.Name != "Shop" || s.Verification != seller.Verified {
		t.Errorf("the seller became %+v", s)
	}
}

// net answers for addresses.
type net map[string]any

func (n net) Fetch(_ context.Context, url string) ([]byte, string, error) {
	switch v := n[url].(type) {
	case []byte:
		return v, "image/png", nil
	case error:
		return nil, "", v
	}
	return nil, "", &fetch.Error{Code: "not_found", Err: errors.New("404")}
}

func fetchArgs(revision string, n int) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"revision":%q,"picture":%d}`, revision, n))
}

func TestTheLastPictureSendsTheListingOn(t *testing.T) {
	d := open(t)
	slow := &fetch.Error{Code: "timeout", Temporary: true, Err: errors.New("slow")}
	d.Fetcher = net{"https://x.example/a.png": []byte("bytes"), "https://x.example/c.png": slow}
	rev := d.take(fromAPI, row("a", "One", "https://x.example/a.png", "https://x.example/b.png", "https://x.example/c.png"))[0].Revision
	if d.queue.count(intake.FetchJob) != 3 || d.queue.count(intake.ScreenJob) != 0 {
		t.Fatalf("%d fetches and %d screenings", d.queue.count(intake.FetchJob), d.queue.count(intake.ScreenJob))
	}
	must(t, d.FetchPicture(d.ctx, fetchArgs(rev.ID, 0)))
	must(t, d.FetchPicture(d.ctx, fetchArgs(rev.ID, 0))) // a second time is nothing
	must(t, d.FetchPicture(d.ctx, fetchArgs(rev.ID, 1)))
	if err := d.FetchPicture(d.ctx, fetchArgs(rev.ID, 2)); err == nil {
		t.Error("a picture that may come later was given up at once")
	}
	if d.queue.count(intake.ScreenJob) != 0 {
		t.Error("screened before all pictures were settled")
	}
	must(t, d.FetchPicture(job.MarkLastTry(d.ctx), fetchArgs(rev.ID, 2)))
	if d.queue.count(intake.ScreenJob) != 1 {
		t.Errorf("%d screenings after the last picture", d.queue.count(intake.ScreenJob))
	}
	rev, err := d.store.Revision(d.ctx, rev.ID)
	must(t, err)
	want := []listing.Picture{{State: listing.PictureStored}, {State: listing.PictureFailed, Problem: "not_found"}, {State: listing.PictureFailed, Problem: "timeout"}}
	for i, p := range rev.Offer.Pictures {
		if p.State != want[i].State || p.Problem != want[i].Problem {
			t.Errorf("picture %d is %s (%s)", i, p.State, p.Problem)
		}
	}
}

const shopFeed = `id,title,price
a,First,10.00 EUR
b,,10.00 EUR
c,Third,wrong
`

func (d *door) feed(id, content string) {
	d.t.Helper()
	key, err := d.Blobs.Put(d.ctx, []byte(content))
	must(d.t, err)
	must(d.t, d.store.PutFeed(d.ctx, listing.Feed{ID: id, Market: "main", SellerID: listing.SellerID("main", "shop"), Name: "f.csv", Format: "auto",
		Blob: key, State: listing.FeedWaiting, ActorID: "test", CreatedAt: d.clock, UpdatedAt: d.clock}))
}

func (d *door) run(id string) listing.Feed {
	d.t.Helper()
	must(d.t, d.ImportFeed(d.ctx, json.RawMessage(fmt.Sprintf(`{"feed":%q}`, id))))
	f, err := d.store.Feed(d.ctx, id)
	must(d.t, err)
	return f
}

func TestFeed(t *testing.T) {
	d := open(t)
	d.feed("one", shopFeed)
	f := d.run("one")
	if f.State != listing.FeedDone || f.Rows != 3 || f.Changed != 2 || f.Rejected != 1 || f.Warnings == 0 {
		t.Errorf("feed: %+v", f)
	}
	problems, err := d.store.Problems(d.ctx, "one", 0, 10)
	must(t, err)
	if len(problems) == 0 || problems[0].Line == 0 || problems[0].Code == "" || problems[0].Message == "" {
		t.Errorf("problems: %+v", problems)
	}
	d.feed("two", shopFeed)
	if f := d.run("two"); f.Changed != 0 || f.Unchanged != 2 || f.Rejected != 1 {
		t.Errorf("the same feed again: %+v", f)
	}
	if again := d.run("one"); again.Changed != 2 {
		t.Errorf("a finished feed was read again: %+v", again)
	}
}

// A slice ends when its time is over; the next job goes on behind it, and the
// sum is that of an undisturbed reading.
func TestFeedGoesOnWhereItStopped(t *testing.T) {
	d := open(t)
	var b strings.Builder
	b.WriteString("id,title,price\n")
	for i := range 950 {
		fmt.Fprintf(&b, "r%d,Title %d,1.00 EUR\n", i, i)
	}
	d.feed("long", b.String())
	d.tick = 50 * time.Millisecond // several slices
	slices := 0
	for {
		slices++
		f := d.run("long")
		if f.State == listing.FeedDone {
			if f.Rows != 950 || f.Changed != 950 || f.Unchanged != 0 {
				t.Errorf("after %d slices: %+v", slices, f)
			}
			break
		}
		if slices > 50 {
			t.Fatal("the feed never ends")
		}
	}
	if slices < 2 {
		t.Error("the feed was read in one slice; the test shows nothing")
	}
	if n := d.queue.count(intake.FeedJob); n != slices-1 {
		t.Errorf("%d following jobs for %d slices", n, slices)
	}
}

func TestUnreadableFeedSaysWhy(t *testing.T) {
	d := open(t)
	d.feed("bad", "\x00\x01\x02 nothing of the kind")
	if f := d.run("bad"); f.State != listing.FeedFailed || f.Problem == "" {
		t.Errorf("feed: %+v", f)
	}
}

func TestPictureNames(t *testing.T) {
	find := intake.PictureNames(map[string]string{"img/a.jpg": "h1", "b.jpg": "h2", "x/c.jpg": "h3", "y/c.jpg": "h4"})
	for name, want := range map[string]string{"img/a.jpg": "h1", "/img/a.jpg": "h1", "https://cdn.example/img/a.jpg?v=2": "h1", "B.JPG": "h2",
		"x/c.jpg": "h3", "z/c.jpg": "", "nothing.jpg": ""} {
		if got, ok := find(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
