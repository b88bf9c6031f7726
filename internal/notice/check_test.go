package notice

import (
	"slices"
	"strings"
	"testing"
	"time"

	"assay/internal/registry"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// whole is a notice that every profile takes.
func whole(profile Profile, kind Kind) (Notice, Behind) {
	n := Notice{Kind: kind, Profile: profile, HolderID: "h", BrandID: "b", RightID: "r", Work: "Our photograph of the lamp, https://quieto.example/lamp.jpg",
		Facts: "The lamp on the picture is not made by us: the base is plastic and our mark is printed.", Lines: "A-1",
		Contact:  Contact{Name: "A. Verdi", Email: "legal@quieto.example", Phone: "+39 02 5550199", Address: "Via Larga 1, Milano"},
		Declared: Declared{GoodFaith: true, Accurate: true, Authority: true, Signature: "A. Verdi"}}
	right := registry.Right{ID: "r", BrandID: "b", Kind: registry.Trademark, Status: registry.RightRegistered}
	if rights := kind.Rights(); len(rights) > 0 {
		right.Kind = rights[0]
	}
	return n, Behind{Brand: &registry.Brand{ID: "b", HolderID: "h"}, Right: &right}
}

func codes(n Notice, b Behind, lines, found int) []string {
	var out []string
	for _, f := range n.Check(b, lines, found, noon) {
		out = append(out, f.Path+":"+f.Code)
	}
	return out
}

func TestAWholeNoticeLacksNothing(t *testing.T) {
	for _, p := range Profiles {
		for _, k := range Kinds {
			if n, b := whole(p, k); len(codes(n, b, 1, 1)) > 0 {
				t.Errorf("%s under %s lacks %v", k, p, codes(n, b, 1, 1))
			}
		}
	}
}

// Each element that Article 16(2) DSA and 17 U.S.C. 512(c)(3) ask for is
// missed when it alone is not there, and no other is.
func TestElementsOfTheLaw(t *testing.T) {
	elements := map[string]struct {
		take  func(*Notice)
		lacks string
		law   map[Profile]bool // who asks for it
	}{
		"substantiated explanation": {func(n *Notice) { n.Facts = "fake" }, "facts:facts", map[Profile]bool{General: true, EU: true, US: true}},
		"name":                      {func(n *Notice) { n.Contact.Name = " " }, "contact.name:name", map[Profile]bool{General: true, EU: true, US: true}},
		"e-mail":                    {func(n *Notice) { n.Contact.Email = "legal at quieto" }, "contact.email:email", map[Profile]bool{General: true, EU: true, US: true}},
		"good faith":                {func(n *Notice) { n.Declared.GoodFaith = false }, "declared.good_faith:good_faith", map[Profile]bool{General: true, EU: true, US: true}},
		"accuracy":                  {func(n *Notice) { n.Declared.Accurate = false }, "declared.accurate:accurate", map[Profile]bool{General: true, EU: true, US: true}},
		"authority":                 {func(n *Notice) { n.Declared.Authority = false }, "declared.authority:authority", map[Profile]bool{General: true, US: true}},
		"signature":                 {func(n *Notice) { n.Declared.Signature = "" }, "declared.signature:signature", map[Profile]bool{US: true}},
		"postal address":            {func(n *Notice) { n.Contact.Address = "" }, "contact.address:address", map[Profile]bool{US: true}},
		"telephone":                 {func(n *Notice) { n.Contact.Phone = "+" }, "contact.phone:phone", map[Profile]bool{US: true}},
	}
	for name, e := range elements {
		for _, p := range Profiles {
			n, b := whole(p, Copyright)
			e.take(&n)
			var want []string
			if e.law[p] {
				want = []string{e.lacks}
			}
			if got := codes(n, b, 1, 1); !slices.Equal(got, want) {
				t.Errorf("%s under %s: %v, want %v", name, p, got, want)
			}
		}
	}
	n, b := whole(US, Copyright) // identification of the work, and of the material
	n.Work, n.RightID = "", ""
	if got := codes(n, b, 0, 0); !slices.Equal(got, []string{"right_id:right", "work:work", "lines:lines"}) {
		t.Errorf("without work and material: %v", got)
	}
	if got := codes(n, b, 3, 0); !slices.Contains(got, "lines:no_listing") {
		t.Errorf("lines that name nothing: %v", got)
	}
}

func TestTheRightBehind(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Notice, *Behind)
		want   string
	}{
		"another's brand":     {func(_ *Notice, b *Behind) { b.Brand.HolderID = "other" }, "brand_id:not_yours"},
		"no such brand":       {func(_ *Notice, b *Behind) { b.Brand = nil }, "brand_id:not_yours"},
		"no brand":            {func(n *Notice, _ *Behind) { n.BrandID, n.RightID = "", "" }, "brand_id:brand right_id:right"},
		"expired":             {func(_ *Notice, b *Behind) { b.Right.ExpiresOn = registry.DateOf(noon.AddDate(-1, 0, 0)) }, "right_id:not_in_force"},
		"only filed":          {func(_ *Notice, b *Behind) { b.Right.Status = registry.RightPending }, "right_id:not_in_force"},
		"revoked":             {func(_ *Notice, b *Behind) { b.Right.Status = registry.RightRevoked }, "right_id:not_in_force"},
		"of another brand":    {func(_ *Notice, b *Behind) { b.Right.BrandID = "x" }, "right_id:other_right"},
		"a patent for a name": {func(_ *Notice, b *Behind) { b.Right.Kind = registry.Patent }, "right_id:wrong_right"},
		"no right":            {func(n *Notice, b *Behind) { n.RightID, b.Right = "", nil }, "right_id:right"},
		"somebody from outside": {func(n *Notice, b *Behind) {
			n.HolderID, n.BrandID, n.RightID, n.Owner, *b = "", "", "", "KR 40-7654321, ours", Behind{}
		}, ""},
		"outside, nothing said": {func(n *Notice, b *Behind) { n.HolderID, n.BrandID, n.RightID, *b = "", "", "", Behind{} }, "right_id:right"},
	} {
		n, b := whole(General, TrademarkInText)
		c.change(&n, &b)
		if got := strings.Join(codes(n, b, 1, 1), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestFirstAction(t *testing.T) {
	for name, c := range map[string]struct {
		at   At
		want Action
	}{
		"counterfeit of a trusted notifier":  {At{Kind: Counterfeit, Tier: GoodFaith}, Pause},
		"of an ordinary one":                 {At{Kind: Counterfeit, Tier: Standard}, Review},
		"and screening says the same":        {At{Kind: Counterfeit, Tier: New, Score: 0.95}, Pause},
		"licensed seller, trusted notifier":  {At{Kind: Counterfeit, Tier: SelfRemoval, Licensed: true, Score: 1}, Review},
		"patent, trusted notifier":           {At{Kind: Patent, Tier: SelfRemoval}, Ask},
		"name in the text":                   {At{Kind: TrademarkInText, Tier: GoodFaith, Score: 1}, Review},
		"self-removal":                       {At{Kind: TrademarkInText, Tier: SelfRemoval}, Pause},
		"counterfeit in a shop on probation": {At{Kind: Counterfeit, Tier: New, Standing: "restricted"}, Pause},
	} {
		if got := Usual().FirstOf(c.at); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for source, text := range map[string]string{"first: []": "must fit every", "first: [{action: burn}]": "no action", "first: [{kinds: [x], action: pause}, {action: review}]": "no kind", "answer: 0s": "longer than", "hm: 1": "not found"} {
		if _, err := ParseRules([]byte(source)); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// Few notices say little, and one mistake of a large holder does not cost him
// what it costs one who sends ten.
func TestTiers(t *testing.T) {
	for name, c := range map[string]struct {
		accepted, refused, overturned int
		granted                       bool
		want                          Tier
	}{
		"nothing yet":              {0, 0, 0, true, New},
		"four":                     {4, 0, 0, false, New},
		"twenty, all accepted":     {20, 0, 0, false, Standard}, // the interval still reaches below 90 %
		"thirty-five, all":         {35, 0, 0, false, GoodFaith},
		"200 of 210":               {200, 10, 0, false, GoodFaith},
		"180 of 200":               {180, 20, 0, false, Standard},
		"overturned too often":     {300, 2, 20, false, Standard},
		"overturned now and then":  {300, 2, 10, false, GoodFaith},
		"granted, and very good":   {300, 1, 0, true, SelfRemoval},
		"granted, and merely good": {200, 10, 0, true, GoodFaith},
	} {
		a := Usual().Measured(Accuracy{Accepted: c.accepted, Refused: c.refused, Overturned: c.overturned}, c.granted)
		if a.Tier != c.want || a.Decided != c.accepted+c.refused+c.overturned || a.Low > a.Share || a.High < a.Share {
			t.Errorf("%s: %+v, want %s", name, a, c.want)
		}
	}
}
