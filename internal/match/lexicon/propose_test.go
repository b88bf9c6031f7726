package lexicon

import (
	"slices"
	"testing"
)

func TestPropose(t *testing.T) {
	for name, want := range map[string][]string{
		"Gucci":             {"구치", "グチ"},
		"구찌":                {"gujji", "rnWl"},
		"쿠팡":                {"kupang", "znvkd"},
		"Coupang":           {"쿠팡"},
		"Balenciaga":        {"발렌시아가"},
		"Bottega Veneta":    {"보테가베네타"},
		"Polo Ralph Lauren": {"PRL"},
		"닥터마틴":              {"닥마"},
		"Moncler":           {"rnoncler"},
		"古驰":                {"guchi"},
		"始祖鸟":               {"shizuniao", "鸟家"},
		"グッチ":               {"guchi"},
	} {
		var got []string
		for _, s := range Propose(name, "") {
			got = append(got, s.Text)
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", name, got, w)
			}
		}
	}
	if got := Propose("x", ""); got != nil {
		t.Errorf("one letter: %v", got)
	}
}

// What the Korean keyboard turns a Latin name into is found as typed, composed
// into syllables.
func TestKeyboardSlipIsFound(t *testing.T) {
	var entries []Entry
	for _, s := range Propose("Gucci", "en") {
		entries = append(entries, Entry{BrandID: "gucci", Kind: KindName, Text: s.Text, Derived: true, Weight: s.Weight})
	}
	l, err := Compile(entries, testBrandInfo(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := byBrand(l.Examine(title("혗챠 숄더백 미러급")), "gucci"); !ok || f.Score < 0.5 {
		t.Errorf("%+v", f)
	}
}

func TestSoundAlikes(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		alike bool
	}{
		{"구찌", "꾸찌", true}, {"구찌", "구치", true}, {"구찌", "굿찌", true}, {"푸마", "뿌우마", true}, {"판도라", "판돌아", true},
		{"휠라", "휘라", true}, {"로에베", "뢰베", true}, {"미우미우", "뮤뮤", true}, {"구찌", "고추", false}, {"쿠팡", "쿠키", false},
		{"gucci", "gutshi", true}, {"gucci", "guchi", true}, {"gucci", "goochi", true}, {"gucci", "gossip", false},
		{"古驰", "古池", true}, {"斐乐", "斐了", true}, {"古驰", "古典", false},
	} {
		key := func(s string) string {
			var syms []uint16
			for _, x := range newSkeletonizer().read(s, false) {
				syms = append(syms, x.base)
			}
			k, _ := soundKey(nil, syms)
			return string(k)
		}
		if got := key(c.a) == key(c.b); got != c.alike {
			t.Errorf("%s and %s: %v, want %v (%q, %q)", c.a, c.b, got, c.alike, key(c.a), key(c.b))
		}
	}
}
