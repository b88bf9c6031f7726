package signal

import (
	"testing"
	"time"

	"assay/internal/listing"
	"assay/internal/match/pdq"
	"assay/internal/registry"
	"assay/internal/seller"
)

// code is a hash that no other number's lies near; bits of it are turned over.
func code(n uint64, bits int) pdq.Hash {
	h := pdq.Hash{n * 0x9E3779B97F4A7C15, n * 0xC2B2AE3D27D4EB4F, ^n * 0x165667B19E3779F9, n * 0x27D4EB2F165667C5}
	for i := range bits {
		h[i%4] ^= 1 << (i / 4)
	}
	return h
}

func printOf(hash string, n uint64, bits int) Print {
	p := Print{Hash: hash, Quality: 90}
	for o := range p.Codes {
		p.Codes[o] = code(1000*n+uint64(o), 0) // turned pictures look otherwise
	}
	p.Codes[pdq.Original] = code(n, bits)
	return p
}

// show is a subject that offers pictures; each is a hash with its number and
// how many bits it is off.
type show struct {
	hash string
	n    uint64
	bits int
}

func offered(title, description string, pictures ...show) *Subject {
	s := &Subject{Seller: seller.Seller{ID: "other"}, Now: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}
	s.Revision = listing.Revision{ID: "l.1", ListingID: "l", Offer: listing.Offer{Title: title, Description: description}}
	for i, p := range pictures {
		s.Revision.Offer.Pictures = append(s.Revision.Offer.Pictures, listing.Picture{Hash: p.hash, State: listing.PictureStored})
		s.Prints = append(s.Prints, Seen{Print: printOf(p.hash, p.n, p.bits), Picture: i})
	}
	return s
}

// stood is the print that a decision left.
func stood(ground string, s *Subject) StayDown {
	prints := map[string]Print{}
	for _, p := range s.Prints {
		prints[p.Hash] = p.Print
	}
	d := StayDownOf(s.Revision, prints)
	d.ID, d.CaseID, d.SellerID, d.BrandID, d.Ground = "decision", "case", "shop", "volt", ground
	return d
}

func TestStayDown(t *testing.T) {
	const title, text = "볼트 무선 충전기 15W 정품", "새상품, 무료배송"
	was := offered(title, text, show{"a", 1, 0}, show{"b", 2, 0})
	for name, c := range map[string]struct {
		ground string
		now    *Subject
		want   Kind
	}{
		"all again":                        {"counterfeit", offered(title, text, show{"a", 1, 0}, show{"b", 2, 0}), DecidedSame},
		"the same bytes, other words":      {"counterfeit", offered("手工编织包", "", show{"a", 1, 0}, show{"b", 2, 0}), DecidedSame},
		"pictures saved anew":              {"counterfeit", offered("手工编织包", "", show{"x", 1, 4}, show{"y", 2, 6}), DecidedSame},
		"a third picture beside":           {"counterfeit", offered("手工编织包", "", show{"a", 1, 0}, show{"b", 2, 0}, show{"z", 9, 0}), DecidedAlike},
		"one picture of two":               {"counterfeit", offered("手工编织包", "", show{"x", 2, 20}), DecidedAlike},
		"the words with other pictures":    {"counterfeit", offered(title, text, show{"z", 9, 0}), DecidedAlike},
		"disguised words, same pictures":   {"counterfeit", offered("볼트 무선-충전기 １５W 정품!!", text, show{"a", 1, 0}, show{"b", 2, 0}, show{"z", 9, 0}), DecidedSame},
		"another title":                    {"counterfeit", offered("볼트 무선 충전기 15W 고속 정품", "", show{"z", 9, 0}), DecidedAlike},
		"something else":                   {"counterfeit", offered("手工编织包", text, show{"z", 9, 0}), ""},
		"text was the matter, and is gone": {"trademark_in_text", offered("무선 충전기", "", show{"a", 1, 0}, show{"b", 2, 0}), ""},
		"text was the matter, again":       {"trademark_in_text", offered(title, text, show{"z", 9, 0}), DecidedSame},
		"stolen photographs, other words":  {"stolen_photograph", offered("手工编织包", "", show{"a", 1, 0}, show{"b", 2, 3}), DecidedSame},
		"no photograph of them":            {"stolen_photograph", offered(title, text, show{"z", 9, 0}), ""},
		"a ground about the shop":          {"forged_papers", offered(title, text, show{"a", 1, 0}, show{"b", 2, 0}), ""},
	} {
		d := NewStayDowns()
		row := stood(c.ground, was)
		if StaysDown(c.ground) {
			d.Know(row)
		}
		got, err := d.Detect(t.Context(), c.now)
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want == "" && len(got) > 0, c.want != "" && (len(got) != 1 || got[0].Kind != c.want):
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		case c.want != "" && (got[0].Decided.ID != "decision" || got[0].Score < 0.5 || got[0].Licensed):
			t.Errorf("%s: %+v", name, got[0])
		}
		row.LiftedAt = &c.now.Now
		d.Know(row)
		if got, _ := d.Detect(t.Context(), c.now); len(got) > 0 || d.Len() > 0 {
			t.Errorf("%s: a lifted print is still known: %+v", name, got)
		}
	}
}

// Whoever has a licence for the brand is spared, and what is turned is known.
func TestStayDownSparesLicensedSellers(t *testing.T) {
	d := NewStayDowns()
	d.Know(stood("counterfeit", offered("볼트 충전기", "", show{"a", 1, 0})))
	s := offered("볼트 충전기", "", show{"a", 1, 0})
	s.Licences = []registry.Licence{{ID: "licence", BrandID: "volt", Status: registry.LicenceActive}}
	if got, err := d.Detect(t.Context(), s); err != nil || len(got) != 1 || !got[0].Licensed || got[0].LicenceID != "licence" {
		t.Errorf("%+v, %v", got, err)
	}
	mirrored := offered("手工", "", show{"m", 7, 0})
	mirrored.Prints[0].Codes[pdq.FlipY] = code(1, 2)
	got, err := d.Detect(t.Context(), mirrored)
	if err != nil || len(got) != 1 || !got[0].Sighting.Mirrored || *got[0].Sighting.Distance != 2 || got[0].Sighting.AssetPicture != "a" {
		t.Errorf("mirrored: %+v, %v", got, err)
	}
}

func TestPartNumbersThatSayNothing(t *testing.T) {
	for mpn, kept := range map[string]bool{"A1": false, "100000": false, "VOLT": false, "VB-1500W": true, "QX77-라": true} {
		if d := StayDownOf(listing.Revision{Offer: listing.Offer{MPN: mpn}}, nil); (d.MPN != "") != kept {
			t.Errorf("%q kept: %v, want %v", mpn, d.MPN != "", kept)
		}
	}
}

func TestPrintBytes(t *testing.T) {
	p := printOf("a", 3, 5)
	var back Print
	if !back.UnmarshalPrint(p.MarshalPrint()) || back.Codes != p.Codes || back.UnmarshalPrint(nil) {
		t.Error("the codes do not survive")
	}
}
