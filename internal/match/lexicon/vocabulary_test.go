package lexicon

import (
	"slices"
	"testing"

	"gopkg.in/yaml.v3"
)

// A wording that cannot be found where it stands alone would be dead data.
func TestEveryWordingIsSpotted(t *testing.T) {
	v, err := loadVocabulary(nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newSkeletonizer()
	for _, name := range []string{"claims", "contexts", "goods"} {
		data, err := wordFiles.ReadFile("words/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var f wordFile
		if err := yaml.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		check := func(code, text string) {
			ft := &fieldText{text: text}
			ft.syms = append(ft.syms, k.read(text, false)...)
			v.spot(ft)
			if !slices.ContainsFunc(ft.hits, func(h wordHit) bool { return v.terms[v.words[h.word].term].code == code }) {
				t.Errorf("%s: %q of %s is never found", name, text, code)
			}
		}
		for _, w := range f.Terms {
			if w.Role == "particle" || w.Role == "affix" {
				continue
			}
			for _, text := range slices.Concat(append([][]string{w.Ko, w.En, w.Zh, w.It}, w.All...)...) {
				check(w.Code, text)
			}
		}
		for _, g := range f.Goods {
			for _, text := range slices.Concat(g.Ko, g.En, g.Zh, g.It) {
				check("goods", text)
			}
		}
	}
}

func TestWordsStandOnTheirOwn(t *testing.T) {
	v, err := loadVocabulary(nil)
	if err != nil {
		t.Fatal(err)
	}
	k := newSkeletonizer()
	for _, c := range []struct {
		text, code string
		want       bool
	}{
		{"레플 운동화", "claim_replica", true}, {"레플릿 의자", "claim_replica", false}, {"구찌레플", "claim_replica", true},
		{"짭 팝니다", "claim_replica", true}, {"짭짤이 토마토", "claim_replica", false},
		{"욕실 미러", "claim_ratio", false}, {"미러 가방", "claim_ratio", true},
		{"1:1 shoes", "claim_ratio", true}, {"11 copies", "claim_ratio", false}, {"21:1 ratio", "claim_ratio", false},
		{"unreplicated", "claim_replica", false}, {"R E P L I C A", "claim_replica", true}, {"r3plica", "claim_replica", true},
		{"高仿绿植", "claim_replica", false}, {"高仿包", "claim_replica", true},
		{"두줄 슬리퍼", "second_hand", false}, {"여성용 가방", "compatible_after", false}, {"갤럭시용 케이스", "compatible_after", true},
		{"for sale", "compatible_before", false},
	} {
		f := &fieldText{text: c.text}
		f.syms = append(f.syms, k.read(c.text, false)...)
		v.spot(f)
		got := slices.ContainsFunc(f.hits, func(h wordHit) bool { return !h.off && v.terms[v.words[h.word].term].code == c.code })
		if got != c.want {
			t.Errorf("%q: %s %v, want %v", c.text, c.code, got, c.want)
		}
	}
}
