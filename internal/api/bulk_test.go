package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assay/internal/fault"
)

func answersOf(t *testing.T, r io.Reader) []BulkAnswer {
	t.Helper()
	var out []BulkAnswer
	d := json.NewDecoder(r)
	for {
		var a BulkAnswer
		err := d.Decode(&a)
		if err == io.EOF {
			return out
		}
		must(t, err)
		out = append(out, a)
	}
}

func bulkLine(i int) string {
	return fmt.Sprintf(`{"external_id":"r%d","seller":"a","offer":{"title":"Bag %d"}}`, i, i)
}

func TestBulkAnswersEveryRowInOrder(t *testing.T) {
	k := newKit(t)
	bad := map[int]string{ // line -> code of the first field
		17:   `{"external_id":"r17","seller":"a","offer":{"titel":"Bag"}}`,
		500:  `{"external_id":"r500","seller":"a","offer":{"title":"Bag"}`,
		1000: `{"external_id":"r1000","seller":"a","offer":{"title":""}}`,
	}
	var in bytes.Buffer
	for i := 1; i <= 1000; i++ {
		if row, ok := bad[i]; ok {
			in.WriteString(row)
		} else {
			in.WriteString(bulkLine(i))
		}
		in.WriteString("\r\n")
	}
	body := in.Bytes()
	for round, want := range []string{"taken", "unchanged"} {
		w := k.ask("admin", "POST", base+"/listings:bulk", bytes.NewReader(body), "Content-Type", "application/x-ndjson")
		if w.Code != 200 || w.Header().Get("Content-Type") != "application/x-ndjson" {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
		answers := answersOf(t, w.Body)
		if len(answers) != 1000 {
			t.Fatalf("round %d: %d answers", round, len(answers))
		}
		for i, a := range answers {
			line := i + 1
			if a.Line != line {
				t.Fatalf("answer %d is for line %d", i, a.Line)
			}
			if _, isBad := bad[line]; isBad {
				if a.Status != "refused" || a.Code != "invalid" || len(a.Errors) == 0 {
					t.Errorf("line %d: %+v", line, a)
				}
			} else if a.Status != want || a.ExternalID != fmt.Sprintf("r%d", line) || a.ListingID == "" || a.Revision != 1 {
				t.Errorf("line %d: %+v", line, a)
			}
		}
	}
}

func TestBulkSkipsEmptyAndOverlongLines(t *testing.T) {
	k := newKit(t)
	long := `{"external_id":"` + strings.Repeat("x", 2<<20) + `"}`
	in := strings.Join([]string{"", bulkLine(1), "  ", long, bulkLine(2), "[1]", "\xff", bulkLine(3)}, "\n") // no line feed at the end
	answers := answersOf(t, k.ask("admin", "POST", base+"/listings:bulk", strings.NewReader(in), "Content-Type", "application/x-ndjson").Body)
	var got []string
	for _, a := range answers {
		got = append(got, fmt.Sprint(a.Line, a.Status, a.Code))
	}
	want := []string{"2taken", "4refusedtoo_large", "5taken", "6refusedinvalid", "7refusedinvalid", "8taken"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A client may wait for the answer to one row before it sends the next.
func TestBulkAnswersWhileTheUploadGoesOn(t *testing.T) {
	k := newKit(t)
	srv := httptest.NewServer(k.h)
	defer srv.Close()
	in, feed := io.Pipe()
	req, err := http.NewRequest("POST", srv.URL+base+"/listings:bulk", in)
	must(t, err)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Authorization", "Bearer "+k.keys["seller:a"])
	type result struct {
		resp *http.Response
		err  error
	}
	came := make(chan result, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		came <- result{resp, err}
	}()
	var answers *bufio.Scanner
	for i := range 5 {
		_, err := io.WriteString(feed, bulkLine(i)+"\n")
		must(t, err)
		if answers == nil {
			res := <-came
			must(t, res.err)
			defer func() { _ = res.resp.Body.Close() }()
			answers = bufio.NewScanner(res.resp.Body)
		}
		if !answers.Scan() || !strings.Contains(answers.Text(), fmt.Sprintf(`"external_id":"r%d","status":"taken"`, i)) {
			t.Fatalf("answer %d: %q %v", i, answers.Text(), answers.Err())
		}
	}
	must(t, feed.Close())
	if answers.Scan() {
		t.Errorf("one answer too many: %s", answers.Text())
	}
}

func TestBulkThatBreaksOffSaysSo(t *testing.T) {
	k := newKit(t)
	in := io.MultiReader(strings.NewReader(bulkLine(1)+"\n"+bulkLine(2)[:20]), errorReader{})
	answers := answersOf(t, k.ask("admin", "POST", base+"/listings:bulk", in, "Content-Type", "application/x-ndjson").Body)
	if len(answers) != 2 || answers[0].Status != "taken" || answers[1].Status != "refused" || answers[1].Line != 2 || !strings.Contains(answers[1].Detail, "broke off") {
		t.Errorf("%+v", answers)
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A client that pauses for longer than the limit is cut off with an answer,
// and its reader ends with it.
func TestBulkThatPausesTooLongEnds(t *testing.T) {
	k := newKit(t)
	k.api.d.Limits.Idle = 50 * time.Millisecond
	srv := httptest.NewServer(k.h)
	defer srv.Close()
	in, feed := io.Pipe()
	defer func() { _ = feed.Close() }()
	req, err := http.NewRequest("POST", srv.URL+base+"/listings:bulk", in)
	must(t, err)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Authorization", "Bearer "+k.keys["seller:a"])
	go func() { _, _ = io.WriteString(feed, bulkLine(1)+"\n") }()
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	answers := answersOf(t, resp.Body)
	if len(answers) != 2 || answers[0].Status != "taken" || answers[1].Status != "refused" {
		t.Errorf("%+v", answers)
	}
}

func FuzzParseRow(f *testing.F) {
	f.Add([]byte(bulkLine(1)))
	f.Add([]byte(`{"external_id":"x","offer":{"title":"t","pictures":[{"url":"a"},{"hash":"sha256:00"}],"price":{"minor":1,"currency":"KRW"},"attributes":{"a":"b"}}}`))
	f.Add([]byte(`{"external_id":1}`))
	f.Add([]byte(`{} {}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		row, err := parseRow(raw)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%q: %v is not the sender's fault", raw, err)
			}
			return
		}
		for _, p := range row.Offer.Pictures { // what a sender may not decide
			if p.State != "" || p.Problem != "" {
				t.Fatalf("%q sets the state of a picture: %+v", raw, p)
			}
		}
	})
}

func FuzzReadLine(f *testing.F) {
	f.Add([]byte("a\nbb\r\n\nccc"), uint8(2))
	f.Add(bytes.Repeat([]byte("x"), 100), uint8(10))
	f.Fuzz(func(t *testing.T, in []byte, limit uint8) {
		r := bufio.NewReaderSize(bytes.NewReader(in), 16)
		var kept [][]byte
		lines := 0
		for {
			raw, err := readLine(r, int(limit))
			if len(raw) > int(limit) {
				t.Fatalf("a line of %d bytes, limit %d", len(raw), limit)
			}
			lines++
			if err == nil || err == io.EOF {
				kept = append(kept, bytes.TrimSuffix(raw, []byte("\n")))
			}
			if err != nil && !fault.Is(err, fault.TooLarge) {
				break
			}
		}
		all := bytes.Split(in, []byte("\n"))
		if lines != len(all) {
			t.Fatalf("%d lines of %d", lines, len(all))
		}
		i := 0
		for n, l := range all {
			whole := len(l)
			if n < len(all)-1 {
				whole++
			}
			if whole > int(limit) {
				continue
			}
			if i >= len(kept) || !bytes.Equal(kept[i], l) {
				t.Fatalf("line %d is %q in %q", n, kept, l)
			}
			i++
		}
	})
}
