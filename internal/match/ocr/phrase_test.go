package ocr

import (
	"testing"

	"pgregory.net/rapid"
)

func someSentences() *Phrases {
	p := NewPhrases()
	for id, text := range map[string]string{
		"ko1": "한빛솔 공식 인증 판매점", "ko2": "가온담 공식 인증 판매점", "ko3": "한빛솔이 직접 수입했어요", "ko4": "정품", "ko5": "오직 나루온에서만 만나요",
		"zh1": "海韵堂官方授权正品", "zh2": "东方雅集官方授权正品", "en1": "Authentic Norvik Guarantee", "en2": "Authentic Alderon Guarantee",
	} {
		p.Add(id, text)
	}
	return p
}

func TestPhrasesForgiveReaders(t *testing.T) {
	p := someSentences()
	for text, want := range map[string]string{
		"한빛솔 공식 인증 판매점":                      "ko1",
		"| 한빚솔 공식 인중 판메점 ]":                  "ko1", // four letters misread
		"한빛솔공식인증판매점":                         "ko1",
		"오늘만 특가 가온담 공식 인증 판매점 입니다":           "ko2",
		"마루빛 공식 인증 판매점":                      "", // another brand in the same sentence
		"공식 인증 판매점":                          "", // no brand at all
		"공식 판매처":                             "",
		"한빛솔이 직접 수입했어요!":                     "ko3",
		"오직 나루온에서만 만나요":                      "ko5",
		"오직 나루은에서만 민나요":                      "ko5",
		"오직 마루빛에서만 만나요":                      "", // a name hidden in a long word
		"정품 보장":                              "ko4",
		"海韵堂官方授权正品":                          "zh1",
		"[ 海韵 堂 官方 授权 正 品":                   "zh1",
		"南山居官方授权正品":                          "",
		"Authentic N0rvik Guarantee":         "en1",
		"AUTHENTIC NORVIK GUARANTEE since 1": "en1",
		"Autentic Norvlk Garantee":           "en1",
		"Authentic Kestrel Guarantee":        "",
		"Authentic Guarantee":                "",
		"":                                   "",
		"무료배송 오늘 출발":                         "",
	} {
		hits := p.Match(text, 0.7)
		switch {
		case want == "" && len(hits) > 0:
			t.Errorf("%q is read as %+v", text, hits)
		case want != "" && (len(hits) != 1 || hits[0].ID != want):
			t.Errorf("%q is read as %+v, want %s", text, hits, want)
		}
	}
}

func TestPhraseSpan(t *testing.T) {
	text := "지금 한빛솔 공식 인증 판매점, 어서"
	hits := someSentences().Match(text, 0.7)
	if len(hits) != 1 || text[hits[0].Start:hits[0].End] != "한빛솔 공식 인증 판매점" || hits[0].Similarity != 1 {
		t.Fatalf("%+v", hits)
	}
}

func TestPhrasesForget(t *testing.T) {
	p := NewPhrases()
	p.Add("a", "Genuine Foxglen Parts")
	p.Add("b", "genuine foxglen PARTS!")
	if got := p.Match("Genuine Foxglen Parts", 0.9); len(got) != 2 {
		t.Fatalf("two own the sentence: %+v", got)
	}
	p.Add("a", "Trusted Foxglen Warranty")
	if got := p.Match("Genuine Foxglen Parts", 0.9); len(got) != 1 || got[0].ID != "b" {
		t.Fatalf("a has changed: %+v", got)
	}
	p.Remove("b")
	p.Remove("b")
	if got := p.Match("Genuine Foxglen Parts", 0.9); len(got) != 0 {
		t.Fatalf("b is gone: %+v", got)
	}
	if p.Add("c", "AB") {
		t.Error("two letters were taken for a phrase")
	}
}

// Whatever is read, spans lie inside it and similarities are shares.
func TestMatchHolds(t *testing.T) {
	p := someSentences()
	pieces := []string{"한빛솔", " ", "공식", "인증", "판매점", "海韵堂", "官方授权正品", "Authentic ", "Norvik", "Ｇuarantee", "|", "é", "\xff", "１２"}
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "text") {
			text += s
		}
		for _, h := range p.Match(text, 0.7) {
			if h.Start < 0 || h.End > len(text) || h.Start >= h.End || h.Similarity > 1 || h.Similarity < hanFloor {
				t.Fatalf("%q: %+v", text, h)
			}
		}
	})
}

func FuzzMatch(f *testing.F) {
	p := someSentences()
	f.Add("한빛솔 공식 인증 판매점")
	f.Add("海韵堂官方\xff授权正品")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		for _, h := range p.Match(text, 0.7) {
			_ = text[h.Start:h.End]
		}
	})
}
