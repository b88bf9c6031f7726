package lexicon

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// testBrands are invented uses of well-known kinds of name: coined, an animal,
// several words, short, and a marketplace.
func testLexicon(t testing.TB) *Lexicon {
	t.Helper()
	l, err := Compile(testEntries(), testBrandInfo(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func testEntries() []Entry {
	var out []Entry
	for _, e := range [][3]string{
		{"gucci", "Gucci", "en"}, {"gucci", "구찌", "ko"}, {"gucci", "古驰", "zh"}, {"gucci", "グッチ", "ja"},
		{"puma", "Puma", "en"}, {"puma", "푸마", "ko"},
		{"bottega", "Bottega Veneta", "it"}, {"bottega", "보테가 베네타", "ko"}, {"bottega", "葆蝶家", "zh"},
		{"coupang", "Coupang", "en"}, {"coupang", "쿠팡", "ko"},
		{"loreal", "L'Oréal", "fr"}, {"balenciaga", "Balenciaga", "en"}, {"balenciaga", "발렌시아가", "ko"}, {"balenciaga", "巴黎世家", "zh"},
	} {
		out = append(out, Entry{AssetID: e[0] + "-name", BrandID: e[0], Kind: KindName, Text: e[1], Language: e[2], Weight: 1})
	}
	return append(out,
		Entry{AssetID: "p1", BrandID: "coupang", Kind: KindPhrase, Text: "쿠팡이 직접 수입했어요", Language: "ko", Weight: 1},
		Entry{AssetID: "p2", BrandID: "coupang", Kind: KindPhrase, Text: "Imported directly by Coupang for you", Language: "en", Weight: 1},
		Entry{AssetID: "p3", BrandID: "gucci", Kind: KindPhrase, Text: "古驰官方认证直供商品", Language: "zh", Weight: 1})
}

func testBrandInfo() []BrandInfo {
	return []BrandInfo{
		{ID: "gucci", Name: "Gucci", Goods: []string{"handbag", "신발"}, UsualPrice: map[string]float64{"USD": 1400}, Short: []string{"GG"}},
		{ID: "puma", Name: "Puma", Goods: []string{"trainers"}, UsualPrice: map[string]float64{"USD": 95}},
		{ID: "bottega", Name: "Bottega Veneta", Goods: []string{"borsa"}},
		{ID: "coupang", Name: "Coupang", Goods: []string{"household"}},
		{ID: "loreal", Name: "L'Oréal", Goods: []string{"cream"}},
		{ID: "balenciaga", Name: "Balenciaga", Goods: []string{"sneakers", "모자"}},
	}
}

func title(s string) Document { return Document{Fields: []Field{{"title", s}}} }

// byBrand returns the finding about a brand, if any.
func byBrand(found []Finding, id string) (Finding, bool) {
	i := slices.IndexFunc(found, func(f Finding) bool { return f.BrandID == id })
	if i < 0 {
		return Finding{}, false
	}
	return found[i], true
}

func TestDisguisedNamesAreFound(t *testing.T) {
	l := testLexicon(t)
	for _, c := range []struct{ text, brand, disguise string }{
		{"구찌 숄더백 신상", "gucci", ""},
		{"구 찌 숄더백", "gucci", "spacing"},
		{"ㄱㅜㅉㅣ 숄더백", "gucci", "jamo"},
		{"ㄱㅜ찌 숄더백", "gucci", "jamo"},
		{norm.NFD.String("구찌") + " 숄더백", "gucci", "jamo"},
		{"ㄱㅉ 핸드백 로고 가방", "gucci", "initials"},
		{"구*찌 숄더백", "gucci", "punctuation"},
		{"GUCC1 handbag", "gucci", "leet"},
		{"9ucci handbag", "gucci", "leet"},
		{"G*cci handbag", "gucci", "masked"},
		{"Ｇｕｃｃｉ handbag", "gucci", "width"},
		{"𝐆𝐮𝐜𝐜𝐢 handbag", "gucci", "confusable"},
		{"Ԍυϲсⅰ handbag", "gucci", "confusable"},
		{"G\u200bu\u2060c\u00adci handbag", "gucci", "zero_width"},
		{"G🎀ucci handbag", "gucci", "emoji"},
		{"G.u.c.c.i handbag", "gucci", "punctuation"},
		{"g u c c i handbag", "gucci", "spacing"},
		{"古 驰 手提包", "gucci", "spacing"},
		{"古馳手提包", "gucci", "han_variant"},
		{"꾸찌st 미러급 핸드백", "gucci", "sound"},
		{"구치 핸드백 미러급", "gucci", "sound"},
		{"Gutshi handbag mirror quality", "gucci", "sound"},
		{"グッチ バッグ handbag", "gucci", ""},
		{"Guccii handbag replica", "gucci", ""},
		{"Gcuci handbag replica", "gucci", "typo"},
		{"Guccini handbag", "gucci", "near_name"},
		{"G\u0301\u0302\u0303\u0304u\u0301\u0302\u0303cci handbag", "gucci", ""},
		{"#gucci handbag", "gucci", ""},
		{"구찌에서 나온 숄더백", "gucci", ""},
		{"BottegaVeneta borsa", "bottega", ""},
		{"베네타 보테가 숄더백", "bottega", "word_order"},
		{"Loreal cream", "loreal", ""},
		{"l'oreal face cream", "loreal", ""},
		{"발렌*아가 스니커즈", "balenciaga", "masked"},
		{"巴黎世佳 运动鞋", "balenciaga", "sound"},
		{"Balenciga sneakers", "balenciaga", "typo"},
		{"쿠ㅍㅏㅇ 물류센터 출고 행주", "coupang", "jamo"},
	} {
		found := l.Examine(title(c.text))
		f, ok := byBrand(found, c.brand)
		if !ok || f.Score < 0.5 {
			t.Errorf("%q: %s not found: %+v", c.text, c.brand, found)
			continue
		}
		if c.disguise != "" && !slices.Contains(f.Spans[0].Disguises, c.disguise) {
			t.Errorf("%q: disguises %v lack %s", c.text, f.Spans[0].Disguises, c.disguise)
		}
	}
}

func TestInnocentUsesArePassed(t *testing.T) {
	l := testLexicon(t)
	for _, text := range []string{
		"친구 찌개 밀키트 2인분", "도구 찌낚시 소품 30종", "대나무 푸 마블 퍼즐", "쿠키 팡팡 스낵",
		"Puma wildlife colouring book", "푸마 동물 색칠공부 책", "Regucci tile spacers",
		"strap compatible with Gucci Marmont bag", "구찌 마몬트 호환 가방끈", "适用古驰包 内胆", "tracolla per borsa Gucci, non originale",
		"Pre-owned Gucci handbag with original receipt", "[중고] 구찌 숄더백 영수증 보유",
		"구찌 광고 사진집", "Gucci handbag repair service", "怀古驰骋 三国拼图",
		"곰돌이 인형 세트", "Scale replica lighthouse ornament", "욕실 미러 접착 시트", "AAA batteries 8 pack", "고양이 간식 30개",
	} {
		for _, f := range l.Examine(title(text)) {
			if f.Score >= 0.5 {
				t.Errorf("%q flagged: %+v", text, f)
			}
		}
	}
}

func TestClaimsWithoutBrand(t *testing.T) {
	l := testLexicon(t)
	for _, text := range []string{"1:1 mirror of the famous monogram handbag", "미러급 가방 로고 가림", "레플 운동화 단톡 문의", "A货 手表 复刻", "borsa replica perfetta, marca nella foto", "r3plica handbag AAA quality"} {
		found := l.Examine(title(text))
		if len(found) == 0 || found[0].Score < 0.5 || found[0].BrandID != "" || found[0].Kind != "claim" {
			t.Errorf("%q: %+v", text, found)
		}
	}
	for _, text := range []string{"Leather handbag, not a replica", "핸드백 짝퉁 아닙니다", "手提包 拒绝高仿", "borsa, nessuna imitazione"} {
		for _, f := range l.Examine(title(text)) {
			if f.Score >= 0.5 {
				t.Errorf("%q flagged: %+v", text, f)
			}
		}
	}
}

func TestLicenceCoversUseButNotCounterfeits(t *testing.T) {
	l := testLexicon(t)
	d := title("Gucci handbag, official store")
	if f, _ := byBrand(l.Examine(d), "gucci"); f.Licensed || f.Intent != "false_affiliation" || f.Kind != "affiliation" {
		t.Errorf("unlicensed: %+v", f)
	}
	d.Licensed = func(id string) bool { return id == "gucci" }
	if f, _ := byBrand(l.Examine(d), "gucci"); !f.Licensed || f.Intent != "licensed_use" {
		t.Errorf("licensed: %+v", f)
	}
	d.Fields[0].Text = "Gucci handbag mirror grade replica"
	if f, _ := byBrand(l.Examine(d), "gucci"); f.Licensed || f.Intent != "counterfeit_claim" {
		t.Errorf("counterfeit by a licensee: %+v", f)
	}
}

func TestPhrases(t *testing.T) {
	l := testLexicon(t)
	for _, c := range []struct {
		text, asset string
		found       bool
	}{
		{"쿠팡이 직접 수입했어요", "p1", true},
		{"♥쿠팡이직접수입했어요♥", "p1", true},
		{"쿠팡이 직접 수입 했어여 믿고 사세요", "p1", true},
		{"직접 수입했어요 쿠팡이", "p1", true},
		{"ㅋㅜ팡이 직접 수입했어요", "p1", true},
		{"직접 수입했어요", "p1", false},
		{"네이버가 직접 수입했어요", "p1", false},
		{"imported directly by C0upang for you", "p2", true},
		{"Directly imported for you by Coupang", "p2", true},
		{"Imported directly by Amazon for you", "p2", false},
		{"古驰官方认证直供商品 现货", "p3", true},
		{"古馳官方認證直供商品", "p3", true},
		{"행주 20매 빠른 배송", "p1", false},
	} {
		i := slices.IndexFunc(l.Examine(title(c.text)), func(f Finding) bool { return f.AssetID == c.asset && f.Kind == "phrase" && f.Score >= 0.5 })
		if (i >= 0) != c.found {
			t.Errorf("%q: found %v, want %v", c.text, i >= 0, c.found)
		}
	}
}

func TestSpansPointIntoTheOriginal(t *testing.T) {
	l := testLexicon(t)
	for text, want := range map[string]string{
		"신상 구\u200b찌 가방":      "구\u200b찌",
		"a G.u.c.c.i handbag": "G.u.c.c.i",
		"핸드백 Ｇｕｃｃｉ입니다":        "Ｇｕｃｃｉ",
	} {
		f, ok := byBrand(l.Examine(title(text)), "gucci")
		if !ok || f.Spans[0].Text != want {
			t.Errorf("%q: %+v", text, f.Spans)
		}
	}
}

func TestWithAddsWithoutForgetting(t *testing.T) {
	l := testLexicon(t)
	n, err := l.With([]Entry{{AssetID: "n", BrandID: "nova", Kind: KindName, Text: "Novabrand", Weight: 1}}, []BrandInfo{{ID: "nova", Goods: []string{"handbag"}}})
	if err != nil {
		t.Fatal(err)
	}
	d := title("Novabrand handbag and Gucci handbag")
	if _, ok := byBrand(n.Examine(d), "nova"); !ok {
		t.Error("new name not found")
	}
	if _, ok := byBrand(n.Examine(d), "gucci"); !ok {
		t.Error("old name forgotten")
	}
	if _, ok := byBrand(l.Examine(d), "nova"); ok {
		t.Error("the old lexicon changed")
	}
}

func TestCompileRefusesBadInput(t *testing.T) {
	for name, e := range map[string]Entry{
		"no brand": {Kind: KindName, Text: "x"},
		"kind":     {BrandID: "b", Kind: "logo", Text: "x"},
		"length":   {BrandID: "b", Kind: KindName, Text: strings.Repeat("a", MaxWording+1)},
	} {
		if _, err := Compile([]Entry{e}, nil, Options{}); !errors.Is(err, ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, extra := range []string{"terms: [{code: claim_replica}]", "terms: [{code: nonsense, role: claim}]", "{", "goods: [{kind: x}]", "unknown: 1", "terms: [{code: custom_claim, role: claim, ko: ['!!']}]"} {
		if _, err := Compile(nil, nil, Options{Extra: []byte(extra)}); !errors.Is(err, ErrWords) {
			t.Errorf("%q: %v", extra, err)
		}
	}
}

func TestOperatorsWords(t *testing.T) {
	extra := "terms:\n- {code: custom_claim, role: claim, weight: 3, en: [zeta tier]}\ngoods:\n- {kind: bag, class: fashion, trade: true, en: [fnord]}\n"
	l, err := Compile(testEntries(), testBrandInfo(), Options{Extra: []byte(extra)})
	if err != nil {
		t.Fatal(err)
	}
	found := l.Examine(title("zeta-tier fnord"))
	if len(found) == 0 || found[0].For[0].Code != "custom_claim" || found[0].Score < 0.5 {
		t.Errorf("%+v", found)
	}
}

func TestContextFields(t *testing.T) {
	l := testLexicon(t)
	d := title("Puma")
	base, _ := byBrand(l.Examine(d), "puma")
	d.Category = "Shoes"
	shoes, _ := byBrand(l.Examine(d), "puma")
	d.Category = "Books"
	books, _ := byBrand(l.Examine(d), "puma")
	if !(shoes.Score > base.Score && base.Score > books.Score) {
		t.Errorf("category: shoes %.2f, none %.2f, books %.2f", shoes.Score, base.Score, books.Score)
	}
	d = title("Puma trainers")
	new, _ := byBrand(l.Examine(d), "puma")
	d.Condition = "used"
	used, _ := byBrand(l.Examine(d), "puma")
	if used.Score >= new.Score || used.Intent != "fair_use" {
		t.Errorf("used %.2f %s, new %.2f", used.Score, used.Intent, new.Score)
	}
	d = Document{Fields: []Field{{"title", "nice trainers"}}, BrandField: "P-u-m-a"}
	if f, ok := byBrand(l.Examine(d), "puma"); !ok || f.Score < 0.5 || f.Spans[0].Field != "brand" {
		t.Errorf("brand field: %+v", f)
	}
	d = Document{Fields: []Field{{"title", "nice handbag"}, {"picture:0", "G U C C I"}}}
	if f, ok := byBrand(l.Examine(d), "gucci"); !ok || f.Spans[0].Field != "picture:0" {
		t.Errorf("picture text: %+v", f)
	}
}

func TestCodesAreListed(t *testing.T) {
	l := testLexicon(t)
	reasons, disguises, intents := ReasonCodes(), DisguiseCodes(), Intents()
	for _, text := range []string{"G u c c 1 replica handbag label packed apart sew it on", "适用古驰包 内胆", "친구 찌개", "쿠팡이 직접 수입했어여", "꾸찌 핸드백 ㄱㅉ", "Guccini vibes handbag overstock"} {
		for _, f := range l.Examine(Document{Fields: []Field{{"title", text}}, Price: 10, Currency: "USD"}) {
			for _, r := range append(f.For, f.Against...) {
				if !slices.Contains(reasons, r.Code) {
					t.Errorf("reason %q is not in ReasonCodes", r.Code)
				}
			}
			for _, s := range f.Spans {
				for _, d := range s.Disguises {
					if !slices.Contains(disguises, d) {
						t.Errorf("disguise %q is not in DisguiseCodes", d)
					}
				}
			}
			if !slices.Contains(intents, f.Intent) {
				t.Errorf("intent %q is not in Intents", f.Intent)
			}
		}
	}
}

func TestConcurrentExamine(t *testing.T) {
	l := testLexicon(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if f, ok := byBrand(l.Examine(title("G.u.c.c.i handbag replica")), "gucci"); !ok || f.Spans[0].Text != "G.u.c.c.i" {
					t.Errorf("%+v", f)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Whatever stands around and inside it, a registered name on its own brand's
// goods is found again after any disguise from the table.
func TestAnyNameSurvivesDisguise(t *testing.T) {
	insert := []string{"\u200b", "\u2060", "🎀", "-", ".", "\u00ad"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[b-df-hj-np-tvwxz][aeiou][b-df-hj-np-tvwxz][aeiou][b-df-hj-np-t][aeiou]`).Draw(t, "name")
		l, err := Compile([]Entry{{BrandID: "x", Kind: KindName, Text: name, Weight: 1}}, []BrandInfo{{ID: "x", Goods: []string{"handbag"}}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(1, len(name)-1).Draw(t, "at")
		text := name[:at] + rapid.SampledFrom(insert).Draw(t, "insert") + name[at:]
		if rapid.Bool().Draw(t, "upper") {
			text = strings.ToUpper(text)
		}
		f, ok := byBrand(l.Examine(title("new handbag "+text+" gift")), "x")
		if !ok || f.Score < 0.5 || f.Spans[0].Text != text {
			t.Fatalf("%q in disguise %q: %+v", name, text, f)
		}
	})
}

func FuzzExamine(f *testing.F) {
	l := testLexicon(f)
	for _, s := range []string{"구찌 1:1", "G\u0301\u0302ucci @ $", "*", "구○", "○찌", "짭 아닌 짭", "쿠팡이 직접", "\xff\xfe구\xed", "ﷺ", "aaaa*aaaa"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, x := range l.Examine(Document{Fields: []Field{{"title", a}, {"description", b}}}) {
			if !(x.Score >= 0 && x.Score <= 1) {
				t.Fatalf("score %v", x.Score)
			}
			for _, s := range x.Spans {
				text := a
				if s.Field == "description" {
					text = b
				}
				if s.Start < 0 || s.End > len(text) || s.Start >= s.End || text[s.Start:s.End] != s.Text {
					t.Fatalf("span %+v does not fit %q", s, text)
				}
			}
		}
	})
}

func FuzzPropose(f *testing.F) {
	for _, s := range []string{"Gucci", "구찌", "古驰", "グッチ", "L'Oréal", "\xff", "각ㄱ a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, s := range Propose(name, "") {
			if s.Weight <= 0 || s.Weight > 1 || s.Text == "" || !slices.Contains(SpellingReasons(), s.Reason) {
				t.Fatalf("%q: %+v", name, s)
			}
		}
	})
}

func FuzzWordFile(f *testing.F) {
	f.Add([]byte("terms:\n- {code: custom_claim, role: claim, weight: 3, en: [zeta tier]}\n"))
	f.Add([]byte("goods: [{kind: bag, class: fashion, ko: [가방]}]\nordinary: [{en: [a]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v := &vocabulary{ordinary: map[string]bool{}}
		if err := v.addFile(newSkeletonizer(), data); err != nil && !errors.Is(err, ErrWords) {
			t.Fatal(err)
		}
	})
}
