package bundle

import (
	"slices"
	"strings"
	"unicode"

	"assay/internal/fault"
	"assay/internal/registry"
)

// plainWords are words of everyday trade. As protected names they would raise
// false alarms in every shop.
var plainWords = strings.Fields(`
bag bags shoe shoes watch watches shirt dress ring phone case cable charger toy toys hat cap cup mug box set kit new sale original
official genuine premium luxury quality classic basic sport home kids men women best style fashion brand design store shop
가방 신발 시계 셔츠 반지 모자 케이스 충전기 장난감 정품 공식 명품 신상 세일 브랜드 패션
包 鞋 手表 衬衫 戒指 帽子 手机壳 充电器 玩具 正品 官方 新款 品牌 时尚
borsa scarpe orologio camicia anello cappello custodia giocattolo originale ufficiale nuovo marca moda`)

// warnings tells names that will match too much: very short ones, everyday
// words, and words that are kinds of goods. They go through all the same.
func warnings(b *Bundle) []fault.Field {
	var r report
	goods := map[string]bool{}
	for _, brand := range b.Brands {
		for _, g := range brand.Goods {
			goods[strings.ToLower(g)] = true
		}
	}
	look := func(name, path, what string) {
		word := strings.ToLower(strings.TrimSpace(name))
		switch {
		case weight(word) < 3:
			r.add(path, "short_name", "%s %q is so short that it will match other words; give its other spellings as well", what, name)
		case slices.Contains(plainWords, word) || goods[word]:
			r.add(path, "generic_name", "%s %q is an everyday word of trade and will match many harmless listings", what, name)
		}
	}
	for _, brand := range b.Brands {
		look(brand.Name, b.places[Brands+"/"+brand.ID].of("name"), "the brand name")
	}
	for _, a := range b.Assets {
		if a.Kind == registry.AssetName && !a.Retired {
			look(a.Text, b.places[Assets+"/"+a.ID].of("text"), "the name")
		}
	}
	return r.list()
}

// weight counts the letters of a word; those of scripts that write a syllable
// or a word in one count double.
func weight(word string) int {
	n := 0
	for _, c := range word {
		switch {
		case unicode.In(c, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana):
			n += 2
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			n++
		}
	}
	return n
}
