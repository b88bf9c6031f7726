package lexicon

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// manyEntries makes 7,550 brands with 20 spellings each: 3 registered, the rest
// derived, in the mix of scripts that Propose gives.
func manyEntries(brands int) ([]Entry, []BrandInfo) {
	r := rand.New(rand.NewPCG(1, 2))
	letter := "aaeeiioouubcdfghklmnprstvz"
	var entries []Entry
	infos := make([]BrandInfo, 0, brands)
	goods := []string{"handbag", "trainers", "wristwatch", "cream", "toy", "headset", "tumbler", "jacket"}
	for b := range brands {
		id := fmt.Sprintf("b%05d", b)
		infos = append(infos, BrandInfo{ID: id, Name: id, Goods: []string{goods[b%len(goods)]}})
		for s := range 20 {
			var sb strings.Builder
			switch s % 3 {
			case 0:
				for range 5 + r.IntN(8) {
					sb.WriteByte(letter[r.IntN(len(letter))])
				}
			case 1:
				for range 3 + r.IntN(3) {
					sb.WriteRune(rune(hangulFirst + r.IntN(hangulLast-hangulFirst)))
				}
			default:
				for range 3 + r.IntN(2) {
					sb.WriteRune(rune(0x4E00 + r.IntN(2500)))
				}
			}
			entries = append(entries, Entry{AssetID: id, BrandID: id, Kind: KindName, Text: sb.String(), Derived: s >= 3, Weight: 1})
		}
	}
	return entries, infos
}

// benchText is a mixed page of listing text of about n bytes.
func benchText(n int) string {
	lines := []string{
		"[국내배송] 여성 데일리 숄더백 미니 크로스백 아이보리 240 세일 무료배송 ",
		"Quartz wristwatch with steel band 40 mm, gift ready, ships within two working days. ",
		"秋冬新品 羊绒外套 女 中长款 现货 两个工作日内发出 ",
		"Scarpe da ginnastica bianche, tallone rinforzato, disponibile subito ref. 10422 ",
	}
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(lines[i%len(lines)])
	}
	return b.String()
}

func BenchmarkSkeleton(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"mixed", benchText(64 << 10)},
		{"latin", strings.Repeat("Quartz wristwatch with steel band 40 mm. ", 1600)},
		{"hangul", strings.Repeat("여성 데일리 숄더백 미니 크로스백 ", 1400)},
		{"han", strings.Repeat("秋冬新品羊绒外套女中长款现货", 1500)},
	} {
		b.Run(c.name, func(b *testing.B) {
			k := newSkeletonizer()
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				k.read(c.text, false)
			}
		})
	}
}

// BenchmarkNormChain is what the skeleton replaces: NFKC and case folding.
func BenchmarkNormChain(b *testing.B) {
	text := []byte(benchText(64 << 10))
	fold := cases.Fold()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		fold.Bytes(norm.NFKC.Bytes(text))
	}
}

func BenchmarkMatch151k(b *testing.B) {
	entries, brands := manyEntries(7550)
	l, err := Compile(entries, brands, Options{})
	if err != nil {
		b.Fatal(err)
	}
	text := benchText(64 << 10)
	k := newSkeletonizer()
	syms := k.read(text, false)
	b.SetBytes(int64(len(text)))
	n := 0
	for b.Loop() {
		l.layers[0].auto.find(syms, func(int32, int) { n++ })
	}
	b.ReportMetric(float64(l.layers[0].auto.bytes())/1e6, "automaton-MB")
	b.ReportMetric(float64(l.Bytes())/1e6, "all-MB")
	b.ReportMetric(float64(n)/float64(b.N), "hits")
}

func BenchmarkExamine300B151k(b *testing.B) {
	entries, brands := manyEntries(7550)
	l, err := Compile(entries, brands, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		doc  Document
	}{
		{"clean-mixed", Document{Fields: []Field{{"title", benchText(80)}, {"description", benchText(200)[:220]}}}},
		{"clean-latin", Document{Fields: []Field{{"title", "Quartz wristwatch with steel band 40 mm gift ready"}, {"description", "Please allow 1-3 cm for manual measuring. Leaves our store within two working days. Photos taken in daylight, colours may differ a little on your screen. Ask us anything before you buy, we answer on the same day and send more pictures on request. Thank you."}}}},
		{"infringing", Document{Fields: []Field{{"title", entries[0].Text + " handbag mirror quality 1:1"}, {"description", "Label packed apart, sew it on yourself. " + benchText(180)}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for _, f := range c.doc.Fields {
				n += len(f.Text)
			}
			b.SetBytes(int64(n))
			for b.Loop() {
				l.Examine(c.doc)
			}
		})
	}
}

func BenchmarkCompile151k(b *testing.B) {
	entries, brands := manyEntries(7550)
	for b.Loop() {
		if _, err := Compile(entries, brands, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWith is the time from saving a name to finding it.
func BenchmarkWith(b *testing.B) {
	entries, brands := manyEntries(7550)
	l, err := Compile(entries, brands, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := l.With([]Entry{{BrandID: "new", Kind: KindName, Text: "Brandnew", Weight: 1}}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	entries, brands := manyEntries(7550)
	l, err := Compile(entries, brands, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, text string }{
		{"marks", "G" + strings.Repeat("\u0301", 1<<19)},
		{"zero-width", strings.Repeat("\u200b", 350000)},
		{"masks", strings.Repeat("구*", 250000)},
		{"one-letter", strings.Repeat("a", 1<<20)},
		{"spaced", strings.Repeat("a ", 1<<19)},
		{"claims", strings.Repeat("짭1:1A货 replica ", 50000)},
		{"han", strings.Repeat("古驰家", 110000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				l.Examine(Document{Fields: []Field{{"title", c.text}}})
			}
		})
	}
}
