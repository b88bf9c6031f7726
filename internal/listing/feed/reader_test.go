package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"assay/internal/fault"
	"assay/internal/listing"
)

func codeOf(t testing.TB, err error) string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Fields) != 1 {
		t.Fatalf("error %v is not fault.Invalid with one field", err)
	}
	return f.Fields[0].Code
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", "", codeEmptyFile},
		{"blanks", " \n\r\n", codeEmptyFile},
		{"mark alone", "\xef\xbb\xbf", codeEmptyFile},
		{"xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", codeSpreadsheet},
		{"xlsx", "PK\x03\x04\x14\x00[Content_Types].xml", codeSpreadsheet},
		{"zip", "PK\x03\x04\x14\x00feed.csv", codeArchive},
		{"gzip", "\x1f\x8b\x08", codeArchive},
		{"pdf", "%PDF-1.7", codeArchive},
		{"no title", "sku,image\nA,a.jpg\n", codeNoTitleColumn},
		{"prose", "Dear shop, here are our goods.\n", codeNoTitleColumn},
		{"open quote in the header", "\"id,title\nA,B\n", codeUnknownFormat},
		{"no products in JSON", `{"status":"ok","total":0}`, codeNoProducts},
		{"broken JSON object", `{"status":}`, codeBrokenFile},
		{"no products in XML", "<a><b>1</b></a>", codeNoProducts},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(strings.NewReader(c.data), "x", Options{})
			if err == nil {
				t.Fatal("was opened")
			}
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("code %s, want %s", got, c.want)
			}
		})
	}
	for format, data := range map[Format]string{JSON: "id,title\n", GoogleXML: "[]", GoogleTSV: "<rss/>", NDJSON: "<a/>", ShopifyCSV: "{}", JSONLD: "a,b"} {
		if _, err := Open(strings.NewReader(data), "x", Options{Format: format}); err == nil || codeOf(t, err) != codeWrongFormat {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, err := Open(strings.NewReader("id,title\n"), "x", Options{Encoding: "klingon"}); err == nil || codeOf(t, err) != codeEncoding {
		t.Errorf("encoding: %v", err)
	}
	for _, opt := range []Options{{Format: "xls"}, {Currency: "euro"}} {
		if _, err := Open(strings.NewReader("id,title\n"), "x", opt); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

func TestFilesThatEndInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		name, data string
		items      int
		broken     bool
	}{
		{"list not closed", `[{"id":1,"title":"a"},{"id":2,"title":"b"}`, 2, true},
		{"object not closed", `[{"id":1,"title":"a"},{"id":2,"title`, 1, true},
		{"brackets crossed", `[{"id":1,"title":"a"},{"id":[2},{"id":3,"title":"c"}]`, 1, true},
		{"row without line break", "id,title\n1,a\n2,b", 2, false},
		{"last line of objects", "{\"id\":1,\"title\":\"a\"}\n{\"id\":2,\"title\":\"b\"}", 2, false},
		{"two lists", `[{"id":1,"title":"a"}] [{"id":2,"title":"b"}]`, 2, false},
		{"objects side by side", `{"id":1,"title":"a"} {"id":2,"title":"b"}`, 2, false},
		{"one object", `{"id":1,"title":"a","images":["x.jpg"],"offers":[{"price":1}]}`, 1, false},
		{"GraphQL", `{"data":{"products":{"edges":[{"node":{"id":1,"title":"a"}},{"node":{"id":2,"title":"b"}}],"pageInfo":{}}}}`, 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readAll(t, []byte(c.data), "x", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Items) != c.items || (got.Error != "") != c.broken {
				t.Fatalf("%d items, error %q", len(got.Items), got.Error)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	long := "id,title,description\n" + strings.Repeat("9,plain words,nothing to see\n", 5000)
	utf16le := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	utf16be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	for _, c := range []struct {
		name  string
		enc   encoding.Encoding
		title string
	}{
		{"utf-8", unicode.UTF8, "정품 머그컵 · 杯子 · コップ"}, {"utf-8 with mark", unicode.UTF8BOM, "잔"}, {"utf-16 with mark", utf16le, "따뜻한 잔 — größer"},
		{"utf-16 big-endian without mark", utf16be, "따뜻한 잔"}, {"euc-kr", korean.EUCKR, "따뜻한 도자기 머그컵 정품 보장"}, {"cp949 beyond euc-kr", korean.EUCKR, "똠방각하 펲시콜라 머그컵 정품 보장 한국 배송"},
		{"gbk", simplifiedchinese.GBK, "不锈钢保温杯 正品 包邮"}, {"gb18030", simplifiedchinese.GB18030, "户外露营灯 新款 充电"}, {"shift-jis", japanese.ShiftJIS, "湯のみ かわいい しずく柄 ギフト"},
		{"windows-1252", charmap.Windows1252, "Kännchen für große Gläser – 5 €"}, {"one accent", charmap.Windows1252, "Café"},
	} {
		for _, before := range []string{"id,title,description\n", long} {
			data, err := c.enc.NewEncoder().String(before + "x1," + c.title + ",\"" + c.title + "\"\n")
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, []byte(data), "x.csv", Options{})
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if last := got.Items[len(got.Items)-1]; last.Row.Offer.Title != c.title {
				t.Errorf("%s after %d bytes: title %q, want %q", c.name, len(before), last.Row.Offer.Title, c.title)
			}
		}
	}
	forced, _ := korean.EUCKR.NewEncoder().String("id,title\n1,컵\n")
	if got, err := readAll(t, []byte(forced), "x", Options{Encoding: "euc-kr"}); err != nil || got.Items[0].Row.Offer.Title != "컵" {
		t.Errorf("forced encoding: %+v, %v", got.Items, err)
	}
	declared, _ := japanese.ShiftJIS.NewEncoder().String(`<?xml version="1.0" encoding="Shift_JIS"?><rss xmlns:g="http://base.google.com/ns/1.0"><item><g:id>1</g:id><g:title>杯</g:title></item></rss>`)
	if got, err := readAll(t, []byte(declared), "x", Options{}); err != nil || len(got.Items) != 1 || got.Items[0].Row.Offer.Title != "杯" {
		t.Errorf("declared encoding: %+v, %v", got, err)
	}
}

// tsv writes rows as a Google Merchant table.
func tsv(rows []listing.Row) []byte {
	var b bytes.Buffer
	b.WriteString("id\ttitle\tdescription\tbrand\tprice\tgtin\tmpn\tlink\tcondition\tproduct_type\timage_link\tadditional_image_link\texternal_seller_id\tcolor\n")
	for _, r := range rows {
		cells := []string{r.ExternalID, r.Offer.Title, r.Offer.Description, r.Offer.Brand, "", r.Offer.GTIN, r.Offer.MPN, r.Offer.Link, r.Offer.Condition, r.Offer.Category, "", "", r.SellerExternalID, r.Offer.Attributes["color"]}
		if p := r.Offer.Price; p != nil {
			cells[4] = fmt.Sprintf("%d.%02d %s", p.Minor/100, p.Minor%100, p.Currency)
		}
		for i, p := range r.Offer.Pictures {
			if i == 0 {
				cells[10] = p.URL
			} else {
				cells[11] = strings.TrimPrefix(cells[11]+","+p.URL, ",")
			}
		}
		for i, c := range cells {
			if strings.ContainsAny(c, "\t\n\"") {
				cells[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
		}
		b.WriteString(strings.Join(cells, "\t") + "\n")
	}
	return b.Bytes()
}

func drawRow(t *rapid.T, id int) listing.Row {
	words := func(label string, most int) string {
		w := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z0-9"'äß.,;:!?%()-]{1,8}`), 1, most).Draw(t, label)
		return strings.Join(w, " ")
	}
	r := listing.Row{ExternalID: "r" + itoa(id), SellerExternalID: rapid.SampledFrom([]string{"", "s-1"}).Draw(t, "seller")}
	r.Offer.Title = words("title", 4)
	if rapid.Bool().Draw(t, "described") {
		r.Offer.Description = words("line", 3) + "\n" + words("line", 3)
	}
	r.Offer.Brand = rapid.SampledFrom([]string{"", "Halden", `O"Brim`}).Draw(t, "brand")
	r.Offer.Condition = rapid.SampledFrom([]string{"", "new", "used", "refurbished"}).Draw(t, "condition")
	r.Offer.Category = rapid.SampledFrom([]string{"", "Home", "Home > Lamps"}).Draw(t, "category")
	r.Offer.GTIN = rapid.SampledFrom([]string{"", "4006381333931"}).Draw(t, "gtin")
	r.Offer.Price = &listing.Money{Minor: rapid.Int64Range(0, 1e9).Draw(t, "price"), Currency: "EUR"}
	for i := range rapid.IntRange(0, 3).Draw(t, "pictures") {
		r.Offer.Pictures = append(r.Offer.Pictures, listing.Picture{URL: "https://img.example/w_1,h_" + itoa(i) + ".jpg", State: listing.PictureWaiting})
	}
	if rapid.Bool().Draw(t, "coloured") {
		r.Offer.Attributes = map[string]string{"color": "Red"}
	}
	return r
}

func TestWrittenTSVIsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := make([]listing.Row, rapid.IntRange(1, 6).Draw(rt, "rows"))
		for i := range rows {
			rows[i] = drawRow(rt, i)
		}
		data := tsv(rows)
		got, err := readAll(t, data, "x.tsv", Options{})
		if err != nil {
			rt.Fatal(err)
		}
		if got.Format != GoogleTSV || len(got.Items) != len(rows) || len(got.Rejects) > 0 {
			rt.Fatalf("%s: %d items of %d, rejects %v\n%s", got.Format, len(got.Items), len(rows), got.Rejects, data)
		}
		for i, item := range got.Items {
			if item.Row.Offer.ContentHash() != rows[i].Offer.ContentHash() || item.Row.ExternalID != rows[i].ExternalID || item.Row.SellerExternalID != rows[i].SellerExternalID {
				rt.Fatalf("wrote %+v\nread %+v\n%s", rows[i], item.Row, data)
			}
		}
	})
}

// However a file is damaged, rows far from the damage stay what they were.
func TestDamageStaysLocal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		b.WriteString("id,title,description,price\n")
		for i := range 60 {
			fmt.Fprintf(&b, "r%d,Title %d,\"two\nlines, %d\",%d.00 EUR\n", i, i, i, i)
		}
		data := []byte(b.String())
		at := rapid.IntRange(len("id,title,description,price\n"), len(data)-1).Draw(rt, "at")
		data = slices.Insert(data, at, rapid.SampledFrom([]byte{'"', ',', 0xff, 0, '\r'}).Draw(rt, "byte"))
		got, err := readAll(t, data, "x.csv", Options{})
		if err != nil {
			rt.Fatal(err)
		}
		good := 0
		for _, item := range got.Items {
			n := strings.TrimPrefix(item.Row.ExternalID, "r")
			o := item.Row.Offer
			if o.Title == "Title "+n && o.Description == "two\nlines, "+n && o.Price != nil && fmt.Sprint(o.Price.Minor/100) == n {
				good++
			}
		}
		if good < 57 {
			rt.Fatalf("byte %q at %d cost %d rows", data[at], at, 60-good)
		}
	})
}

// endless repeats a text, for files larger than memory should hold.
type endless struct {
	text string
	left int
	rest string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.left--
		e.rest = e.text
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestWindowStaysBounded(t *testing.T) {
	const limit = 100_000
	filler := strings.Repeat("x", 1000)
	for name, c := range map[string]struct {
		head, body, tail string
		times            int
		code             string
	}{
		"csv row":      {"id,title\n1,a\n2,", filler, "\n3,c\n", 2000, codeRowTooLong},
		"open quote":   {"id,title\n1,a\n2,\"", filler + "\n", "\n3,c\n", 2000, ""},
		"json string":  {`[{"id":1,"title":"a"},{"id":2,"title":"`, filler, `"},{"id":3,"title":"c"}]`, 2000, codeRowTooLong},
		"ndjson line":  {"{\"id\":1,\"title\":\"a\"}\n{\"id\":2,\"title\":\"", filler, "\"}\n{\"id\":3,\"title\":\"c\"}\n", 2000, codeRowTooLong},
		"xml element":  {"<rss xmlns:g='http://base.google.com/ns/1.0'><item><g:id>1</g:id><title>a</title></item><item><g:id>2</g:id><title>", filler, "</title></item><item><g:id>3</g:id><title>c</title></item></rss>", 2000, codeRowTooLong},
		"page script":  {`<html><script type="application/ld+json">{"@type":"Product","sku":"1","name":"a"}</script><script type="application/ld+json">{"@type":"Product","name":"`, filler, `"}</script><script type="application/ld+json">{"@type":"Product","sku":"3","name":"c"}</script>`, 2000, codeRowTooLong},
		"page of text": {`<html><script type="application/ld+json">{"@type":"Product","sku":"1","name":"a"}</script>`, filler, `<script type="application/ld+json">{"@type":"Product","sku":"3","name":"c"}</script>`, 2000, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWindow(io.MultiReader(strings.NewReader(c.head), &endless{text: c.body, left: c.times}, strings.NewReader(c.tail)), limit)
			opt, err := Options{MaxRowBytes: limit}.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			format, src, err := openSource(w, name, opt)
			if err != nil {
				t.Fatal(err)
			}
			r := &Reader{format: format, count: &counter{}, source: src, build: newBuilder(opt)}
			titles, codes := drain(t, r, func() {
				if cap(w.buf) > limit {
					t.Fatalf("the window has grown to %d bytes", cap(w.buf))
				}
			})
			if len(titles) < 2 || titles[0] != "a" || titles[len(titles)-1] != "c" || c.code != "" && codes[c.code] == 0 {
				t.Fatalf("titles %v, rejects %v", titles, codes)
			}
		})
	}
}

// drain reads to the end and returns titles and counts of reject codes.
func drain(t *testing.T, r *Reader, each func()) (titles []string, codes map[string]int) {
	t.Helper()
	codes = map[string]int{}
	for {
		item, err := r.Next()
		each()
		var reject *RejectError
		switch {
		case err == io.EOF:
			return titles, codes
		case errors.As(err, &reject):
			codes[reject.Reject.Problems[0].Code]++
		case err != nil:
			t.Fatal(err)
		default:
			titles = append(titles, item.Row.Offer.Title)
		}
	}
}

// hostile files make a reader look again and again; the work is bounded.
func hostile(n int) map[string]string {
	return map[string]string{
		"escaped quotes open every line": "id,title\n" + strings.Repeat("a,\"\"\"\"x\n", n),
		"open quotes":                    "id,title\n" + strings.Repeat("a,\"x\n", n),
		"items never closed":             "<rss>" + strings.Repeat("<item>", n),
		"products never closed":          "<a>" + strings.Repeat("<product>", n),
		"deep JSON":                      strings.Repeat("[", n),
		"comment never closed":           "<rss><item><!--" + strings.Repeat("<item>", n),
	}
}

func TestHostileFilesEnd(t *testing.T) {
	for name, data := range hostile(30_000) {
		t.Run(name, func(t *testing.T) {
			if _, err := readAll(t, []byte(data), "x", Options{}); err != nil {
				codeOf(t, err)
			}
		})
	}
}

func TestFamilyIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("ID,Type,SKU,Name,Regular price,Parent\n")
	const n = 500
	for i := range n {
		fmt.Fprintf(&b, "%d,variable,p%d,Product %d,,\n%d,variation,v%d,Variant %d,5 EUR,p%d\n", i, i, i, n+i, i, i, i)
	}
	b.WriteString("9999,variation,late,Late,5 EUR,p0\n9998,variation,ok,Fine,4 EUR,p499\n")
	opt, _ := Options{}.withDefaults()
	_, src, err := openSource(newWindow(strings.NewReader(b.String()), opt.MaxRowBytes), "x", opt)
	if err != nil {
		t.Fatal(err)
	}
	f := src.(*family)
	f.maxRows = 10
	r := &Reader{source: f, build: newBuilder(opt)}
	titles, codes := drain(t, r, func() {
		if f.held.Len() > f.maxRows || len(f.parents) > 3*f.maxRows || len(f.orphans) > f.maxRows {
			t.Fatalf("%d rows held, %d names", f.held.Len(), len(f.parents))
		}
	})
	if len(titles) != n+1 || len(codes) > 0 || !slices.Contains(titles, "Late") || slices.Contains(titles, "Fine") {
		t.Fatalf("%d listings, rejects %v", len(titles), codes)
	}
	if f.held.Len() != 0 || f.bytes != 0 || len(f.parents)+len(f.claims)+len(f.orphans)+len(f.hidden) != 0 {
		t.Fatalf("left over: %d rows, %d bytes, %v", f.held.Len(), f.bytes, f.parents)
	}
}

// One product whose rows never end keeps what a listing may have.
func TestOneProductOfEndlessRows(t *testing.T) {
	big := strings.Repeat("z", 50_000)
	head := "Handle,Title,Variant SKU,Variant Price,Variant Barcode,Image Src,Option1 Name,Option1 Value,Body (HTML)\nh,Hat,s,1,4006381333931,a.jpg,Size,S,x\n"
	in := io.MultiReader(strings.NewReader(head), &endless{text: "h,," + big + "," + big + "," + big + ",https://x/" + big + ",Size," + big + ",\n", left: 300})
	r, err := Open(in, "x", Options{Currency: "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	item, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, v := range item.Row.Offer.Attributes {
		size += len(v)
	}
	if item.Rows != 301 || size > 2*maxDraftWords || len(item.Warnings) > maxDraftProblems || len(item.Row.Offer.Pictures) != 1 {
		t.Fatalf("%d rows, %d bytes of attributes, %d warnings, %d pictures", item.Rows, size, len(item.Warnings), len(item.Row.Offer.Pictures))
	}
}

func TestWarningsAndLimits(t *testing.T) {
	pictures := "1.jpg"
	for i := 2; i <= 9; i++ {
		pictures += "|" + itoa(i) + ".jpg"
	}
	data := "id,title,description,price,images,language,country,condition\n" +
		"a,T," + strings.Repeat("long ", 100) + ",12.900 EUR," + pictures + ",Klingonish,Korea,shiny\n"
	got, err := readAll(t, []byte(data), "x", Options{MaxField: 100, MaxPictures: 3})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, w := range got.Items[0].Warnings {
		codes = append(codes, w.Code)
	}
	slices.Sort(codes)
	want := []string{codeConditionUnknown, codeCountryUnknown, codeLanguageUnknown, codePicturesMany, codePriceAmbiguous, codeValueTooLong}
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Errorf("warnings %v, want %v", codes, want)
	}
	if o := got.Items[0].Row.Offer; len(o.Description) > 100 || len(o.Pictures) != 3 || o.Price.Minor != 1290 {
		t.Errorf("offer %+v", o)
	}
}

func TestLanguageOfTheFeedKnowsMore(t *testing.T) {
	for _, c := range []struct{ title, own, want string }{
		{"露营灯", "", "zh"}, {"露营灯", "en", "zh"}, {"露營燈", "zh-TW", "zh-TW"}, {"湯呑", "ja", "ja"}, {"머그컵", "en", "ko"}, {"머그컵", "ko-KR", "ko-KR"}, {"Mug", "it", "it"}, {"Mug", "", ""},
	} {
		got, err := readAll(t, []byte("id,title\n1,"+c.title+"\n"), "x", Options{Language: c.own})
		if err != nil || got.Items[0].Row.Offer.Language != c.want {
			t.Errorf("%s in a feed in %q: %+v, %v; want %q", c.title, c.own, got.Items, err, c.want)
		}
	}
}

func TestBrokenRowDoesNotSplitAProduct(t *testing.T) {
	data := "Handle,Title,Variant SKU,Variant Price,Image Src\n" +
		"h,Hat,s1,9,a.jpg\nh,,\"s2 \"x\" and\nmore\",9,b.jpg\nh,,s3,7,c.jpg\n,,,,\n\"g\",Glove,s4,3,d.jpg\n"
	got, err := readAll(t, []byte(data), "x", Options{Currency: "EUR"})
	if err != nil || len(got.Items) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if hat := got.Items[0]; hat.Rows != 2 || hat.Row.Offer.Price.Minor != 700 || len(hat.Row.Offer.Pictures) != 2 {
		t.Errorf("hat %+v", hat)
	}
	if len(got.Rejects) != 2 || got.Rows != 5 {
		t.Errorf("%d rows, rejects %+v", got.Rows, got.Rejects)
	}
}

func TestWriteReject(t *testing.T) {
	got, err := readAll(t, []byte("id,title\n,a\n\"x\"\"y\",\n"), "x", Options{})
	if err != nil || len(got.Rejects) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	var b bytes.Buffer
	for _, r := range got.Rejects {
		if err := WriteReject(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	compareGolden(t, "testdata/rejects.golden", strings.Split(b.String(), "\n"))
}

func TestProblemCodesHaveMessages(t *testing.T) {
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range ProblemCodes() {
		f := problem(code, "price", `"5"`)
		if f.Message == "" || strings.Contains(f.Message, "{{") {
			t.Errorf("%s: message %q", code, f.Message)
		}
		if !strings.Contains(string(source), `"`+code+`"`) {
			t.Errorf("%s has no constant", code)
		}
	}
	if n := len(regexp.MustCompile(`(?m)^\tcode\w+ += "`).FindAll(source, -1)); n != len(ProblemCodes()) {
		t.Errorf("%d constants, %d messages", n, len(ProblemCodes()))
	}
}

func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/feeds/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".golden") {
			f.Add(data, uint8(0))
			f.Add(data, uint8(1+len(data)%len(Formats)))
		}
	}
	for i, s := range []string{
		"", "id,title\n1,\"a\nb\"\n", "Handle,Title,Variant Price\nh,T,1\nh,,2\n", "Type,SKU,Name,Regular price,Parent\nvariable,p,P,,\nvariation,v,V,1,p\n",
		"sku,name,product_type,attribute_set_code,visibility,configurable_variations\na,A,simple,,Not Visible Individually,\nb,B,configurable,,,\"sku=a,size=S\"\n",
		"name,slug,optionGroups,optionValues\nN,n,g,v\n,,,w\n", "<rss><item><g:id>1</g:id><g:title>t</g:title></item></rss>", `<products><product sku="a" name="b"/></products>`,
		`{"products":[{"id":1,"title":"t"}]}`, `[{"@type":"Product","sku":"1","name":"n"}]`, "{\"id\":1,\"title\":\"t\"}\n{\"id\":2}\n",
		`<html><script type="application/ld+json">{"@type":"Product","sku":"1","name":"n"}</script>`, "\xff\xfei\x00d\x00,\x00", "id\ttitle\timage_link\tprice\n1\t\"t\tx\t₩1\n",
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(i))
	}
	m, err := ParseMapping("m", []byte("{items: data.list, title: [label, name], id: ref, pictures: 'media[].src', price: 'p[0]', category: 'path[]'}"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		opt := Options{Format: Formats[int(choice)%len(Formats)], Currency: "EUR", MaxRowBytes: 4096}
		if choice >= 128 {
			opt.Mapping = m
		}
		got, err := readAll(t, data, "fuzz", opt)
		if err != nil {
			codeOf(t, err)
			return
		}
		for _, item := range got.Items {
			if item.Row.ExternalID == "" || item.Row.Offer.Title == "" || len(item.Row.Offer.Pictures) > 50 || item.Rows < 1 {
				t.Fatalf("item %+v", item)
			}
		}
	})
}
