package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/listing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// noon is the moment at which the tests read feeds.
var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// outcome is everything a feed gave.
type outcome struct {
	Format  Format    `json:"format"`
	Rows    int64     `json:"rows"`
	Items   []gotItem `json:"items"`
	Rejects []Reject  `json:"rejects,omitempty"`
	Error   string    `json:"error,omitempty"` // what ended the reading early
}

type gotItem struct {
	Line     int           `json:"line"`
	Rows     int           `json:"rows"`
	Row      listing.Row   `json:"row"`
	Warnings []fault.Field `json:"warnings,omitempty"`
}

// readAll reads a feed to its end and checks the promises every reader makes.
func readAll(t testing.TB, data []byte, name string, opt Options) (outcome, error) {
	t.Helper()
	opt.Now = noon
	r, err := Open(bytes.NewReader(data), name, opt)
	if err != nil {
		return outcome{}, err
	}
	out := outcome{Format: r.Format()}
	counted := int64(0)
	for {
		item, err := r.Next()
		var reject *RejectError
		switch {
		case err == nil:
			counted += int64(item.Rows)
			out.Items = append(out.Items, gotItem{Line: item.Line, Rows: item.Rows, Row: item.Row, Warnings: item.Warnings})
		case errors.As(err, &reject):
			counted += int64(reject.Reject.Rows)
			out.Rejects = append(out.Rejects, reject.Reject)
		default:
			if again, same := r.Next(); !errors.Is(same, err) || again.Rows != 0 {
				t.Fatalf("after %v Next gave %v", err, same)
			}
			if out.Rows = r.Rows(); out.Rows != counted {
				t.Fatalf("items and rejects stand for %d rows, the reader counted %d", counted, out.Rows)
			}
			if err != io.EOF {
				out.Error = err.Error()
			} else if r.BytesRead() != int64(len(data)) && out.Format != JSON && out.Format != JSONLD {
				t.Fatalf("read %d of %d bytes", r.BytesRead(), len(data))
			}
			return out, nil
		}
	}
}

func TestGolden(t *testing.T) {
	mapping := func() *Mapping {
		data, err := os.ReadFile("testdata/feeds/mapped.yaml")
		if err != nil {
			t.Fatal(err)
		}
		m, err := ParseMapping("mapped.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	options := map[string]Options{
		"mapped.json":        {Mapping: mapping()},
		"shopify.csv":        {Currency: "USD", Seller: "tarnwear"},
		"shopify-new.csv":    {Currency: "USD"},
		"woocommerce.csv":    {Currency: "EUR", Language: "en", Country: "it"},
		"woocommerce-it.csv": {Currency: "EUR", Language: "it"},
		"magento.csv":        {Currency: "NOK"},
		"bagisto.csv":        {Currency: "EUR"},
		"vendure.csv":        {Currency: "GBP"},
		"chinese.csv":        {Currency: "CNY"},
		"korean.csv":         {Currency: "KRW"},
		"latin.csv":          {Language: "de"},
	}
	files, err := filepath.Glob("testdata/feeds/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".golden") || strings.HasSuffix(name, ".yaml") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, data, name, options[name])
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, file+".golden", got)
			named := options[name]
			named.Format = got.Format
			if again, err := readAll(t, data, name, named); err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("as %s by name: %+v, %v", got.Format, again, err)
			}
		})
	}
}

func compareGolden(t *testing.T, file string, got any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("differs from %s; run with -update and look at the difference. Got:\n%s", file, b.Bytes())
	}
}
