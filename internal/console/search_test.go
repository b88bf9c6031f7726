package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"assay/internal/access"
	"assay/internal/console/consoletest"
	"assay/internal/search"
)

func TestSearchPage(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	p.get("/search").lacks(t, "found</h2>", "Save this search")
	a := p.get("/search?words=bolt")
	a.has(t, "6 listings found", "<mark>BOLT</mark>", "번개상점", "Save this search", "All listings were searched.", "invisible characters")
	a.lacks(t, "The reviewer")
	p.get("/search?words=bolt&max=9,900&currency=krw&category="+url.QueryEscape("가전")).has(t, "6 listings found")
	p.get("/search?words=bolt&max=9899&currency=KRW").has(t, "Nothing matches")
	p.get("/search?words=bolt&seller="+url.QueryEscape(consoletest.OtherShop)).has(t, "1 listing found")
	bad := p.get("/search?words=b&min=much&from=yesterday")
	bad.has(t, "Write the day as", "Give a currency", `value="much"`)
	if bad.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong search: %d", bad.status)
	}
	p.get("/search?words=b").has(t, "at least two letters")
	// A listing that the reader may not open leads nowhere.
	clean := s.Clean("other-clean", "Quieto 무소음 선풍기", consoletest.OtherShop)
	p.get("/search?words=Quieto").has(t, "1 listing found")
	p.get("/search?words=Quieto").lacks(t, "/listings/"+clean.ListingID)
	s.signed(t, access.Reviewer).get("/search?words=Quieto").has(t, "/listings/"+clean.ListingID)
}

func TestSavingASearch(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	form := url.Values{"words": {`볼트, "bolt 정품"`}, "name": {"볼트"}, "likely": {"yes"}, "max": {"12000"}, "currency": {"KRW"}, "language": {"ko"}}
	none := url.Values{"words": {"볼트"}, "name": {" "}}
	if a := p.post("/searches", none); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a search without a name: %d", a.status)
	}
	if a := p.post("/searches", form); a.status != http.StatusSeeOther {
		t.Fatalf("a search: %d %s", a.status, a.body)
	}
	page := p.get("/searches")
	page.has(t, "“볼트” is saved", "&#34;bolt 정품&#34;")
	list, err := s.Store.Searches(t.Context(), consoletest.Holder)
	if err != nil || len(list) != 2 {
		t.Fatalf("saved %+v, %v", list, err)
	}
	var saved search.Saved
	for _, one := range list {
		if one.Name == "볼트" {
			saved = one
		}
	}
	if len(saved.Query.Words) != 2 || saved.Query.Words[0].Language != "ko" || saved.Query.Words[1].Kind != "phrase" || !saved.Query.Likely || *saved.Query.PriceMax != 12000 {
		t.Errorf("saved %+v", saved)
	}
	edit := p.get("/searches/" + saved.ID)
	edit.has(t, `value="12000"`, `value="KRW"`, "checked")
	form.Set("name", "볼트 새로")
	form.Set("max", "less")
	if a := p.post("/searches/"+saved.ID, form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong price: %d", a.status)
	}
	form.Del("max")
	p.post("/searches/"+saved.ID, form)
	if again, err := s.Store.Search(t.Context(), saved.ID); err != nil || again.Name != "볼트 새로" || again.Query.PriceMax != nil {
		t.Errorf("edited %+v, %v", again, err)
	}
	p.post("/searches/"+saved.ID+"/delete", nil)
	if a := p.get("/searches/" + saved.ID); a.status != http.StatusNotFound {
		t.Errorf("a deleted search: %d", a.status)
	}
}

func TestSearchesOfOthersAreNotThere(t *testing.T) {
	s := newSite(t)
	for role, other := range map[access.Role]string{access.Holder: consoletest.HouseSearch, access.Reviewer: consoletest.HolderSearch} {
		p := s.signed(t, role)
		p.get("/searches").lacks(t, other)
		for _, a := range []answer{p.get("/searches/" + other), p.post("/searches/"+other, url.Values{"name": {"x"}, "words": {"bolt"}}), p.post("/searches/"+other+"/delete", nil)} {
			if a.status != http.StatusNotFound {
				t.Errorf("%s meets %s: %d", role, other, a.status)
			}
		}
		p.get("/alerts?show=all&search="+other).has(t, "No alerts")
	}
	for _, id := range []string{consoletest.HouseSearch, consoletest.HolderSearch} {
		if _, err := s.Store.Search(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
}

func TestReadingAlerts(t *testing.T) {
	s := newSite(t)
	p := s.signed(t, access.Holder)
	unread := func(want int) {
		t.Helper()
		if n, err := s.Store.CountUnread(t.Context(), consoletest.Holder); err != nil || n != want {
			t.Errorf("%d unread (%v), want %d", n, err, want)
		}
	}
	page := p.get("/alerts")
	page.has(t, "6 unread", "볼트 &lt;b&gt;전부", "<mark>")
	unread(6)
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page.body)
	if id == nil {
		t.Fatal("no alert can be marked as read")
	}
	a := p.post("/alerts/read", url.Values{"id": {id[1]}, "back": {"search=bolt-search&next=//evil"}})
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/alerts?search=bolt-search" {
		t.Errorf("%d to %q", a.status, a.header.Get("Location"))
	}
	unread(5)
	p.post("/alerts/read", url.Values{"id": {strings.Replace(id[1], consoletest.HolderSearch, consoletest.HouseSearch, 1)}})
	if n, err := s.Store.CountUnread(t.Context(), ""); err != nil || n != 6 {
		t.Errorf("a holder read an alert of the house: %d %v", n, err)
	}
	if a := p.post("/alerts/read", nil); a.status != http.StatusBadRequest {
		t.Errorf("reading nothing: %d", a.status)
	}
	p.post("/alerts/read", url.Values{"all": {"yes"}})
	unread(0)
	p.get("/alerts").has(t, "No alerts")
	p.get("/alerts?show=all").has(t, "Read</span>")
}
