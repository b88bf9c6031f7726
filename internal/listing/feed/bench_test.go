package feed

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// benchFeeds are feeds of n products with half a kilobyte of markup each.
func benchFeeds(n int) map[string][]byte {
	body := `<p>A <b>good</b> thing, made to last.</p><ul><li>First point of some length</li><li>Second point &amp; more words</li></ul><p>` + string(bytes.Repeat([]byte("Plain words follow here. "), 12)) + `</p>`
	var tsv, shop, woo, xml, js, nd bytes.Buffer
	tsv.WriteString("id\ttitle\tdescription\tlink\timage_link\tprice\tbrand\tgtin\n")
	shop.WriteString("Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Price,Image Src,Option1 Name,Option1 Value\n")
	woo.WriteString("ID,Type,SKU,Name,Description,Regular price,Images,Parent\n")
	xml.WriteString(`<rss xmlns:g="http://base.google.com/ns/1.0"><channel>`)
	js.WriteString(`{"products":[`)
	for i := range n {
		fmt.Fprintf(&tsv, "%d\tTitle of thing %d\t%s\thttps://s.example/%d\thttps://i.example/%d.jpg\t%d.00 EUR\tHalden\t4006381333931\n", i, i, body, i, i, i)
		fmt.Fprintf(&shop, "h%d,Title %d,\"%s\",Halden,s%d,%d.00,https://i.example/%d.jpg,Size,S\nh%d,,,,t%d,%d.00,https://i.example/b%d.jpg,,M\n", i, i, body, i, i, i, i, i, i, i)
		fmt.Fprintf(&woo, "%d,variable,w%d,Title %d,\"%s\",,https://i.example/%d.jpg,\n%d,variation,v%d,Title %d - S,,%d,,w%d\n", 2*i, i, i, body, i, 2*i+1, i, i, i, i)
		fmt.Fprintf(&xml, "<item><g:id>%d</g:id><title>Title %d</title><description><![CDATA[%s]]></description><g:price>%d EUR</g:price><g:image_link>https://i.example/%d.jpg</g:image_link></item>\n", i, i, body, i, i)
		obj := fmt.Sprintf(`{"id":%d,"title":"Title %d","description":%q,"price":%d,"currency":"EUR","images":["https://i.example/%d.jpg"]}`, i, i, body, i, i)
		js.WriteString(obj + ",")
		nd.WriteString(obj + "\n")
	}
	xml.WriteString("</channel></rss>")
	js.Truncate(js.Len() - 1)
	js.WriteString("]}")
	return map[string][]byte{"google-tsv": tsv.Bytes(), "shopify-csv": shop.Bytes(), "woocommerce-csv": woo.Bytes(), "google-xml": xml.Bytes(), "json": js.Bytes(), "ndjson": nd.Bytes()}
}

func BenchmarkRead(b *testing.B) {
	for name, data := range benchFeeds(2000) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			rows := int64(0)
			for b.Loop() {
				rows += readThrough(b, bytes.NewReader(data))
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func readThrough(b *testing.B, in io.Reader) int64 {
	r, err := Open(in, "x", Options{Currency: "EUR"})
	if err != nil {
		b.Fatal(err)
	}
	for {
		_, err := r.Next()
		switch err.(type) {
		case nil, *RejectError:
			continue
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		return r.Rows()
	}
}

// BenchmarkMemory reads a feed of a million rows and reports the heap that is
// in use at its end: the window, and 8 bytes and overhead of every id.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		in, out := io.Pipe()
		go func() {
			fmt.Fprintln(out, "id,title,price")
			for i := range 1_000_000 {
				fmt.Fprintf(out, "%d,Title of thing %d,5 EUR\n", i, i)
			}
			out.Close()
		}()
		r, err := Open(in, "x", Options{})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap-MiB")
		runtime.KeepAlive(r)
	}
}

// BenchmarkHostile reads files made to be slow.
func BenchmarkHostile(b *testing.B) {
	for name, data := range hostile(200_000) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if r, err := Open(bytes.NewReader([]byte(data)), "x", Options{}); err == nil {
					for {
						if _, err := r.Next(); err != nil {
							if _, ok := err.(*RejectError); !ok {
								break
							}
						}
					}
				}
			}
		})
	}
}
