package search_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/ledger"
	"assay/internal/listing"
	"assay/internal/match/lexicon"
	"assay/internal/registry"
	"assay/internal/search"
)

// licensed gives the shop a licence for Veltrana bags, of holder h.
func (s *shelf) licensed() {
	s.t.Helper()
	put := func(changed bool, err error) {
		s.t.Helper()
		must(s.t, err)
	}
	put(s.PutBrand(s.ctx, registry.Brand{ID: "v", HolderID: "h", Name: "Veltrana"}))
	put(s.PutAsset(s.ctx, registry.Asset{ID: "v-ko", BrandID: "v", Kind: registry.AssetName, Text: "벨트라나"}))
	put(s.PutLicence(s.ctx, registry.Licence{ID: "l", BrandID: "v", SellerID: "s", Categories: []string{"Bags"}, Status: registry.LicenceActive}))
}

// A licence counts for the names of its brand and its goods, in searches of
// the holder and of the house, and never for what is offered as a counterfeit.
func TestLicensedOffersAreMarkedOrLeftOut(t *testing.T) {
	s := newShelf(t)
	s.licensed()
	_, err := s.PutHolder(s.ctx, registry.RightsHolder{ID: "other", Name: "Other"})
	must(t, err)
	for id, o := range map[string]listing.Offer{
		"bag":     {Title: "Veltrana bag", Category: "Bags > Totes"},
		"korean":  {Title: "벨트라나 가방", Category: "Bags"},
		"shoes":   {Title: "Veltrana sneakers", Category: "Shoes"},
		"replica": {Title: "Veltrana replica bag 1:1", Category: "Bags"},
		"both":    {Title: "Veltrana and Kestrona bag", Category: "Bags"},
	} {
		s.take(id, o)
	}
	for _, c := range []struct {
		owner      string
		unlicensed bool
		left       string // found
		marked     string // of those, as licensed
	}{
		{"h", false, "bag both korean replica shoes", "bag korean"},
		{"", false, "bag both korean replica shoes", "bag korean"},
		{"other", true, "bag both korean replica shoes", ""},
		{"h", true, "both replica shoes", ""},
	} {
		q := query("veltrana", "벨트라나", "kestrona")
		q.Unlicensed = c.unlicensed
		got, err := s.walker().Run(s.ctx, c.owner, q, "", 0)
		must(t, err)
		left, marked := ids(got.Hits), []string{}
		for _, h := range got.Hits {
			if h.LicenceID == "l" {
				marked = append(marked, h.ListingID)
			}
		}
		slices.Sort(left)
		slices.Sort(marked)
		if strings.Join(left, " ") != c.left || strings.Join(marked, " ") != c.marked {
			t.Errorf("%q, unlicensed %v: %v, as licensed %v", c.owner, c.unlicensed, left, marked)
		}
	}
}

func TestAlertsRespectLicences(t *testing.T) {
	s := newShelf(t)
	s.licensed()
	q := query("veltrana")
	marked, err := s.keeper().Save(s.ctx, search.Saved{HolderID: "h", Name: "marked", Query: q})
	must(t, err)
	q.Unlicensed = true
	_, err = s.keeper().Save(s.ctx, search.Saved{HolderID: "h", Name: "left out", Query: q})
	must(t, err)
	w := &search.Watch{Store: s.Store, Now: s.now, Log: slog.New(slog.DiscardHandler)}
	must(t, w.CatchUp(s.ctx))
	if got := w.Look(s.ctx, s.take("bag", listing.Offer{Title: "Veltrana bag", Category: "Bags"})); len(got) != 1 || got[0].SearchID != marked.ID || got[0].Hit.LicenceID != "l" {
		t.Errorf("licensed: %+v", got)
	}
	if got := w.Look(s.ctx, s.take("shoes", listing.Offer{Title: "Veltrana shoes", Category: "Shoes"})); len(got) != 2 || got[0].Hit.LicenceID != "" {
		t.Errorf("not licensed: %+v", got)
	}
}

// What was read in pictures is searched as the listing's own words are.
func TestTextInPicturesIsFound(t *testing.T) {
	s := newShelf(t)
	o := s.take("a", listing.Offer{Title: "Canvas shoes"})
	o.Read = []lexicon.Field{{Name: "picture:0", Text: "sale\n100 % V e l t r a n a\n"}}
	must(t, s.KeepText(s.ctx, o.Revision.ID, o.Read))
	got, err := s.walker().Run(s.ctx, "", query("veltrana"), "", 0)
	must(t, err)
	if len(got.Hits) != 1 || got.Hits[0].Passages[0].Field != "picture:0" || !strings.Contains(got.Hits[0].Passages[0].Text, "V e l t r a n a") {
		t.Fatalf("found %+v", got.Hits)
	}
	saved, err := s.keeper().Save(s.ctx, search.Saved{Name: "x", Query: query("veltrana")})
	must(t, err)
	w := &search.Watch{Store: s.Store, Now: s.now, Log: slog.New(slog.DiscardHandler)}
	must(t, w.CatchUp(s.ctx))
	o.Revision.CreatedAt = s.now()
	if got := w.Look(s.ctx, o); len(got) != 1 || got[0].SearchID != saved.ID {
		t.Errorf("alerts %+v", got)
	}
}

// The ledger has every change of a search, without what it looks for.
func TestSavedSearchesAreInTheLedger(t *testing.T) {
	s := newShelf(t)
	k := s.keeper()
	saved, err := k.Save(s.ctx, search.Saved{HolderID: "h", Name: "x", Query: query("veltrana"), ActorID: "kim"})
	must(t, err)
	saved.Query = query("kestrona")
	_, err = k.Save(s.ctx, saved)
	must(t, err)
	must(t, k.Delete(s.ctx, saved.ID, "lee"))
	entries, err := s.EntriesAbout(s.ctx, saved.ID, 10)
	must(t, err)
	want := []string{"search.deleted lee", "search.changed kim", "search.saved kim"}
	if got := told(entries); !slices.Equal(got, want) {
		t.Errorf("the ledger has %v, want %v", got, want)
	}
	for _, e := range entries {
		if strings.Contains(string(e.Data), "trana") || !strings.Contains(string(e.Data), "sha256:") {
			t.Errorf("%s tells %s", e.Kind, e.Data)
		}
	}
	if err := k.Delete(s.ctx, saved.ID, "lee"); err == nil {
		t.Error("deleted twice")
	}
}

func told(entries []ledger.Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Kind+" "+e.Actor)
	}
	return out
}

func TestOldAlertsAreDeleted(t *testing.T) {
	s := newShelf(t)
	k := s.keeper()
	saved, err := k.Save(s.ctx, search.Saved{Name: "x", Query: query("veltrana")})
	must(t, err)
	w := &search.Watch{Store: s.Store, Now: s.now, Log: slog.New(slog.DiscardHandler)}
	must(t, w.CatchUp(s.ctx))
	for _, id := range []string{"old", "new"} {
		_, err := s.AddAlerts(s.ctx, w.Look(s.ctx, s.take(id, listing.Offer{Title: "Veltrana " + id})))
		must(t, err)
		s.clock = s.clock.Add(48 * time.Hour)
	}
	for _, c := range []struct {
		keep    time.Duration
		deleted int
	}{{0, 0}, {100 * time.Hour, 0}, {72 * time.Hour, 1}, {72 * time.Hour, 0}} {
		k.Keep = c.keep
		n, err := k.Tidy(s.ctx)
		must(t, err)
		if n != c.deleted {
			t.Errorf("keeping %s: %d deleted, want %d", c.keep, n, c.deleted)
		}
	}
	if list, _, err := k.Alerts(s.ctx, search.AlertFilter{SearchID: saved.ID}); err != nil || len(list) != 1 || list[0].Hit.ListingID != "new" {
		t.Errorf("left: %+v, %v", list, err)
	}
}
