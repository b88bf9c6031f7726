package casefile_test

import (
	"testing"
	"time"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
)

func TestNewCasesFindTheirDesk(t *testing.T) {
	o := open(t)
	for _, team := range []casefile.Team{
		{ID: "bolt", Name: "Bolt", Rank: 1, Rules: casefile.Rules{Brands: []string{"bolt"}, Countries: []string{"KR", "CN"}}},
		{ID: "kr", Name: "Korea", Rank: 2, Country: "KR", Rules: casefile.Rules{Languages: []string{"ko"}}},
		{ID: "appeals", Name: "Appeals", Rank: 0, Rules: casefile.Rules{Sources: []casefile.Source{casefile.FromAppeal}}},
		{ID: "idle", Name: "No rules", Rank: -1},
	} {
		_, err := o.SaveTeam(o.ctx, team, anna)
		must(t, err)
	}
	r := casefile.Reception{Teams: o.store}
	friday := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		brand, country, title string
		source                casefile.Source
		want                  string
	}{
		{"bolt", "kr", "bag", casefile.FromScreening, "bolt"}, {"bolt", "IT", "borsa", casefile.FromScreening, ""}, {"quiet", "IT", "가방", casefile.FromScreening, "kr"},
		{"bolt", "KR", "가방", casefile.FromAppeal, "appeals"}, {"", "", "充电器", casefile.FromScreening, ""}, {"", "", "充電器です", casefile.FromNotice, ""},
	} {
		got, err := r.Receive(o.ctx, casefile.Case{BrandID: c.brand, Source: c.source, CreatedAt: friday}, casefile.Facts{Offer: listing.Offer{Title: c.title}, Country: c.country})
		must(t, err)
		if got.Desk != c.want {
			t.Errorf("%+v went to %q", c, got.Desk)
		}
		if got.TurnAt.Before(friday) || !got.DueAt.After(friday) || got.Severity != 2 {
			t.Errorf("%+v has its turn at %s, is due at %s", c, got.TurnAt, got.DueAt)
		}
	}
}

func TestTeamsAreChecked(t *testing.T) {
	o := open(t)
	for name, team := range map[string]casefile.Team{"no id": {Name: "x"}, "bad id": {ID: "A b", Name: "x"}, "common": {ID: "-", Name: "x"}, "no name": {ID: "x"},
		"country": {ID: "x", Name: "x", Country: "Korea"}, "source": {ID: "x", Name: "x", Rules: casefile.Rules{Sources: []casefile.Source{"dream"}}}} {
		if _, err := o.SaveTeam(o.ctx, team, anna); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := casefile.Team{ID: "x", Name: "x", Members: []casefile.Seat{{AccountID: "b"}, {AccountID: "a"}, {AccountID: "b"}}}
	got, err := o.SaveTeam(o.ctx, twice, anna)
	must(t, err)
	if len(got.Members) != 2 {
		t.Errorf("members %v", got.Members)
	}
	must(t, o.RemoveTeam(o.ctx, "x", anna))
	if err := o.RemoveTeam(o.ctx, "x", anna); !fault.Is(err, fault.NotFound) {
		t.Errorf("twice: %v", err)
	}
}
