package statement

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/signal"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(day int) time.Time { return time.Date(2026, 3, day, 9, 30, 0, 0, time.UTC) }

func until(day int) *time.Time {
	t := time.Date(2026, 3, day, 15, 0, 0, 0, time.UTC) // midnight in Seoul
	return &t
}

var trademark = Right{ID: "tm", Kind: registry.Trademark, Office: "KR", Number: "40-1234567"}

// sample is a statement of a kind as a real case makes it.
func sample(kind Kind, change func(*Statement)) Statement {
	appeal := MonthsAfter("KR", at(2), AppealMonths)
	s := Statement{ID: "0d9a4c1e-5b0e-5a52-9c3e-6f6f2f1b7a10", Kind: kind, SellerID: "shop", Source: Own, Detected: true, Decided: ByBoth, From: at(2), CreatedAt: at(2),
		Ground: Ground{Code: "mark_in_picture", Law: true, Rights: []Right{trademark}}, Territory: []string{"KR"}, Language: "ko", Country: "KR", Policy: "default@3", Ladder: "general@1",
		Redress: Redress{AnswerUntil: until(11), AppealUntil: &appeal, Cure: true, Outside: "mediation_kr", Court: true},
		Goods: []Goods{{DecisionID: "d1", ListingID: "l1", ExternalID: "A-1001", Title: "BOLT 무선 충전기 2호", Language: "ko", Country: "KR", Since: at(1), Was: listing.Held, Status: listing.Removed,
			HolderID: "bolt-holder", BrandID: "bolt", GTIN: "8801234567893",
			Facts: []Fact{{Kind: signal.PictureMark, Brand: "BOLT", Asset: "Bolt ring", Picture: 1, Right: &trademark},
				{Kind: signal.TextName, Brand: "BOLT", Asset: "BOLT", Field: "title", Text: "B0LT", Matched: "BOLT"}}}}}
	if change != nil {
		change(&s)
	}
	return s
}

// samples are the main kinds of decisions, by the name of their golden file.
func samples() map[string]Statement {
	year := at(2).AddDate(1, 0, 0)
	notice := []Notice{{ID: "n1", HolderID: "bolt-holder", Source: Noticed, Said: "They sell our charger with our mark.\nIt is not ours.", At: at(1)}}
	back := func(s *Statement) {
		s.Ground = Ground{Code: "licensed"}
		s.Goods[0].Status, s.Goods[0].Was, s.Goods[0].Reverses = listing.Live, listing.Removed, "d0"
		s.Effects, s.Objection, s.Redress = []Effect{{Kind: Points, Amount: 6, Back: true}}, true, Redress{}
		s.Reply, s.Decided = "The invoice of 3 February shows that the goods come from the brand's own distributor.", ByPerson
	}
	return map[string]Statement{
		"removed": sample(Removed, func(s *Statement) {
			s.Effects = []Effect{{Kind: Points, Amount: 6, From: at(2), Until: &year}}
		}),
		"removed-notice-group": sample(Removed, func(s *Statement) {
			s.Ground.Code, s.Source, s.Notices, s.Detected, s.Decided = "counterfeit", Noticed, notice, false, ByPerson
			s.Territory, s.Country, s.Redress.Outside, s.Redress.Cure = EEA()[:0], "IT", "certified", false
			s.Ground.Rights = []Right{{ID: "eu", Kind: registry.Trademark, Office: "EM", Number: "018012345"}}
			s.Territory = theLaw().Reach["EM"]
			two := s.Goods[0]
			two.DecisionID, two.ListingID, two.ExternalID, two.Title = "d2", "l2", "A-1002", "BOLT <b>charger</b> \u202eXL"
			s.Goods = append(s.Goods, two)
			s.Effects = []Effect{{Kind: Strike, Amount: 1, From: at(2), Until: &year}, {Kind: Suspend, From: at(2), Until: until(9)}}
		}),
		"removed-terms": sample(Removed, func(s *Statement) {
			s.Ground = Ground{Code: "no_licence", Clause: "licence"}
			s.Goods[0].Facts = []Fact{{Kind: signal.SellerUnlicensed, Brand: "BOLT"}}
			s.Territory, s.Country, s.Redress.Outside, s.Decided = nil, "", "", ByMachine
		}),
		"held":     sample(Held, func(s *Statement) { s.Goods[0].Status = listing.Held }),
		"restored": sample(Restored, back),
		"cured": sample(Restored, func(s *Statement) {
			back(s)
			s.Ground.Code, s.Reply, s.Objection, s.Decided, s.Goods[0].Reverses = Cured, "", false, ByMachine, ""
			s.Effects[0].Amount = 3
		}),
		"upheld": sample(Upheld, func(s *Statement) {
			s.Objection, s.Reply, s.Redress.AnswerUntil, s.Redress.AppealUntil = true, "The invoice names another brand's charger, and the mark in picture 1 is BOLT's.", nil, nil
			s.Source, s.Notices = Noticed, notice
		}),
		"kept": sample(Kept, func(s *Statement) {
			s.Ground, s.Source, s.Notices = Ground{Code: "compatible_use"}, Noticed, notice
			s.Goods[0].Status, s.Goods[0].Was, s.Decided, s.Detected = listing.Live, listing.Live, ByPerson, false
		}),
		"sanction": sample(Sanction, func(s *Statement) {
			s.Goods, s.Ground = nil, Ground{Code: "repeat", Clause: "repeat"}
			s.Effects, s.Detected, s.Decided, s.Policy = []Effect{{Kind: Close, From: at(2)}}, false, ByPerson, ""
			s.Redress.AnswerUntil, s.Redress.Cure, s.Territory = nil, false, nil
		}),
	}
}

var sampleNames = Names{Seller: "번개상점", Holders: map[string]string{"bolt-holder": "Bolt Electronics"}}

// The letters are golden: whoever changes a sentence reads it in its place.
func TestLetters(t *testing.T) {
	for name, s := range samples() {
		for _, l := range message.Languages() {
			for _, audience := range []Audience{ForSeller, ForNotifier, ForPublic} {
				if audience == ForNotifier && len(s.Holders()) == 0 {
					continue
				}
				d, err := Render(message.For(l.Code), s, audience, sampleNames)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+string(audience)+"."+l.Code+".txt", d.Text())
			}
		}
	}
	if missing := message.Missing(); len(missing) > 0 {
		t.Errorf("letters lack %v", missing)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

// What one reader may know another may not.
func TestAudiencesAreToldTheirPart(t *testing.T) {
	s := samples()["removed-notice-group"]
	for _, l := range message.Languages() {
		p := message.For(l.Code)
		read := func(a Audience) string {
			d, err := Render(p, s, a, sampleNames)
			if err != nil {
				t.Fatal(err)
			}
			return d.Text()
		}
		for _, secret := range []string{"번개상점", "A-1001", "무선 충전기", "Bolt Electronics", "B0LT", "They sell our charger"} {
			if strings.Contains(read(ForPublic), secret) {
				t.Errorf("%s: the public record says %q", l.Code, secret)
			}
		}
		for _, penalty := range []string{p.T("statement.effect.strike", "Count", 1), p.T("statement.effect.suspend"), "번개상점"} {
			if strings.Contains(read(ForNotifier), penalty) {
				t.Errorf("%s: the notifier is told %q", l.Code, penalty)
			}
		}
		letter := read(ForSeller)
		for _, want := range []string{"번개상점", "A-1001", "A-1002", "Bolt Electronics", "018012345", p.Date(at(1)), "They sell our charger"} {
			if !strings.Contains(letter, want) {
				t.Errorf("%s: the seller is not told %q", l.Code, want)
			}
		}
		if strings.Contains(letter, "\u202e") {
			t.Errorf("%s: the letter repeats a character that turns its text around", l.Code)
		}
	}
}

// A time that ends at midnight is told as the day before, where the seller lives.
func TestLastDayIsTold(t *testing.T) {
	d, err := Render(message.For("en"), samples()["removed"], ForSeller, sampleNames)
	if err != nil {
		t.Fatal(err)
	}
	if text := d.Text(); !strings.Contains(text, "until the end of 11 March 2026") || !strings.Contains(text, "until the end of 2 September 2026") {
		t.Errorf("the letter says\n%s", text)
	}
}
