package lexicon

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestKit writes predictions for a labelled set of listings, to be scored by
// the set's own scorer:
//
//	ASSAY_KIT=/path/to/kit/text ASSAY_PRED=/tmp/pred.jsonl go test -run TestKit ./internal/match/lexicon
func TestKit(t *testing.T) {
	dir, out := os.Getenv("ASSAY_KIT"), os.Getenv("ASSAY_PRED")
	if dir == "" || out == "" {
		t.Skip("set ASSAY_KIT and ASSAY_PRED")
	}
	l := compileBrands(t, filepath.Join(dir, "brands.json"))
	in, err := os.Open(filepath.Join(dir, "listings_input.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	w, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	sc := bufio.NewScanner(in)
	for sc.Scan() {
		var r struct {
			ID, Lang, Title, Description, Currency string
			Price                                  float64
			Authorised                             bool `json:"seller_authorised"`
		}
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		doc := Document{Fields: []Field{{"title", r.Title}, {"description", r.Description}}, Language: r.Lang, Price: r.Price, Currency: r.Currency,
			Licensed: func(string) bool { return r.Authorised }}
		start := time.Now()
		found := l.Examine(doc)
		if err := enc.Encode(prediction(r.ID, found, time.Since(start))); err != nil {
			t.Fatal(err)
		}
	}
}

type predicted struct {
	ID       string    `json:"id"`
	Decision string    `json:"decision"`
	Score    float64   `json:"score"`
	Matched  []string  `json:"matched"`
	MS       float64   `json:"ms"`
	Findings []Finding `json:"findings"`
}

// prediction flags a listing when an unlicensed finding is more likely than not
// to infringe, and names the best brand.
func prediction(id string, found []Finding, took time.Duration) predicted {
	p := predicted{ID: id, Decision: "pass", Matched: []string{}, MS: float64(took.Microseconds()) / 1000, Findings: found}
	for _, f := range found {
		if f.Licensed {
			continue
		}
		p.Score = max(p.Score, f.Score)
		if f.BrandID != "" && len(p.Matched) == 0 && f.Score >= 0.3 {
			p.Matched = append(p.Matched, f.BrandID)
		}
	}
	switch {
	case p.Score >= 0.9:
		p.Decision = "block"
	case p.Score >= 0.5:
		p.Decision = "review"
	}
	return p
}

// compileBrands registers the brands of a labelled set as a marketplace would:
// names as they are, proposed spellings as derived ones.
func compileBrands(t testing.TB, path string) *Lexicon {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kit []struct {
		ID, Latin, Ko, Zh, Short string
		Also, Cats               []string
		Price                    float64
	}
	if err := json.Unmarshal(b, &kit); err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	var brands []BrandInfo
	for _, k := range kit {
		info := BrandInfo{ID: k.ID, Name: k.Latin, Goods: k.Cats,
			UsualPrice: map[string]float64{"USD": k.Price, "KRW": k.Price * 1380, "CNY": k.Price * 7.2, "EUR": k.Price * .92}}
		if k.Short != "" {
			info.Short = []string{k.Short}
		}
		brands = append(brands, info)
		names := append([]string{k.Latin, k.Ko, k.Zh}, k.Also...)
		langs := append([]string{"en", "ko", "zh"}, make([]string, len(k.Also))...)
		for i, n := range names {
			if n == "" {
				continue
			}
			entries = append(entries, Entry{AssetID: k.ID, BrandID: k.ID, Kind: KindName, Text: n, Language: langs[i], Weight: 1})
			for _, s := range Propose(n, langs[i]) {
				entries = append(entries, Entry{AssetID: k.ID, BrandID: k.ID, Kind: KindName, Text: s.Text, Derived: true, Weight: s.Weight})
			}
		}
	}
	l, err := Compile(entries, brands, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
