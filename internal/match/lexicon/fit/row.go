package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"

	"assay/internal/match/lexicon"
)

// A row is a labelled listing with what was found in it.
type row struct {
	title     string
	brand     string // of an infringing row; empty: none named
	group     string // rows of one group stay in one fold
	infringes bool
	slopes    []lexicon.Slope
}

func (r row) fold(folds int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(r.group))
	return int(h.Sum32()>>4) % folds
}

// readRows reads a set and examines its listings.
func readRows(brandsPath, listingsPath string) ([]row, error) {
	l, err := readBrands(brandsPath)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(listingsPath)
	if err != nil {
		return nil, fmt.Errorf("read listings: %w", err)
	}
	var rows []row
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var in struct {
			Lang, Title, Description, Currency, Brand, Label string
			Price                                            float64
			Infringes                                        bool
			Authorised                                       bool `json:"seller_authorised"`
		}
		if err := json.Unmarshal(sc.Bytes(), &in); err != nil {
			return nil, fmt.Errorf("%s: %w", listingsPath, err)
		}
		r := row{title: in.Title, brand: in.Brand, infringes: in.Infringes || in.Label == "counterfeit_claim" || in.Label == "brand_misuse"}
		r.slopes = l.Slopes(lexicon.Document{Language: in.Lang, Price: in.Price, Currency: in.Currency,
			Fields: []lexicon.Field{{Name: "title", Text: in.Title}, {Name: "description", Text: in.Description}}, Licensed: func(string) bool { return in.Authorised }})
		r.group = cmp.Or(in.Brand, topBrand(r.slopes), in.Title)
		rows = append(rows, r)
	}
	return rows, sc.Err()
}

// topBrand is the brand that an innocent row speaks of most.
func topBrand(slopes []lexicon.Slope) string {
	for _, s := range slopes {
		if s.BrandID != "" {
			return s.BrandID
		}
	}
	return ""
}

// readBrands registers the brands of a set as a marketplace would.
func readBrands(path string) (*lexicon.Lexicon, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read brands: %w", err)
	}
	var list []struct {
		ID, Latin, Ko, Zh, Short string
		Also, Cats               []string
		Price                    float64
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var entries []lexicon.Entry
	var brands []lexicon.BrandInfo
	for _, k := range list {
		info := lexicon.BrandInfo{ID: k.ID, Name: k.Latin, Goods: k.Cats,
			UsualPrice: map[string]float64{"USD": k.Price, "KRW": k.Price * 1380, "CNY": k.Price * 7.2, "EUR": k.Price * .92}}
		if k.Short != "" {
			info.Short = []string{k.Short}
		}
		brands = append(brands, info)
		for i, n := range append([]string{k.Latin, k.Ko, k.Zh}, k.Also...) {
			if n == "" {
				continue
			}
			lang := ""
			if i < 3 {
				lang = []string{"en", "ko", "zh"}[i]
			}
			e := lexicon.Entry{AssetID: k.ID, BrandID: k.ID, Kind: lexicon.KindName, Text: n, Language: lang, Weight: 1}
			entries = append(entries, e)
			for _, s := range lexicon.Propose(n, lang) {
				e.Text, e.Derived, e.Weight = s.Text, true, s.Weight
				entries = append(entries, e)
			}
		}
	}
	return lexicon.Compile(entries, brands, lexicon.Options{})
}
