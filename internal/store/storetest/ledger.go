package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/fault"
	"assay/internal/ledger"
)

var ledgerTests = map[string]func(*testing.T, *kit){
	"every field survives": ledgerFields,
	"chain":                ledgerChain,
	"about":                ledgerAbout,
	"refused":              ledgerRefused,
}

func ledgerFields(t *testing.T, k *kit) {
	var e ledger.Entry
	fill(&e)
	e.Data = json.RawMessage("{ \"b\": 1.50,\n \"a\": \"\\u0000 '한' ?\" }") // bytes that must not be reformatted
	e.At = e.At.Add(999)                                                    // nanoseconds are not kept, and not sealed
	last := got[ledger.Entry](k)(k.Append(k.ctx, e))
	if last.Seq != 1 || last.Prev != "" || last.Hash != last.Seal() {
		t.Fatalf("the first entry is %+v", last)
	}
	same(t, "entries", got[[]ledger.Entry](k)(k.Entries(k.ctx, 0, 10)), []ledger.Entry{last})
	same(t, "data", string(last.Data), string(e.Data))
	empty := got[ledger.Entry](k)(k.Append(k.ctx, ledger.Entry{Kind: "empty"}))
	if empty.At.IsZero() || time.Since(empty.At) > time.Minute {
		t.Fatalf("an entry without a time happened at %v", empty.At)
	}
	same(t, "nothing", got[ledger.Entry](k)(k.Append(k.ctx)), ledger.Entry{})
}

// ledgerChain appends batches, some of them rolled back, and verifies that
// what is left is one chain without gaps.
func ledgerChain(t *testing.T, k *kit) {
	var kept []string
	failure := errors.New("roll back")
	rapid.Check(t, func(rt *rapid.T) {
		batches := rapid.SliceOfN(rapid.SliceOfN(rapid.StringMatching(`[a-z"\\'%é]{0,6}`), 0, 5), 1, 3).Draw(rt, "batches")
		keep := rapid.Bool().Draw(rt, "keep")
		var kinds []string
		err := k.Atomic(k.ctx, func(ctx context.Context) error {
			for _, batch := range batches {
				entries := make([]ledger.Entry, len(batch))
				for i, kind := range batch {
					entries[i] = ledger.Entry{Kind: kind, At: noon, Data: json.RawMessage(fmt.Sprintf("%q", kind))}
				}
				if _, err := k.Append(ctx, entries...); err != nil {
					return err
				}
				kinds = append(kinds, batch...)
			}
			if !keep {
				return failure
			}
			return nil
		})
		if keep != (err == nil) || err != nil && !errors.Is(err, failure) {
			rt.Fatal(err)
		}
		if keep {
			kept = append(kept, kinds...)
		}
		all, err := k.Entries(k.ctx, 0, 10_000)
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := ledger.Verify("", all); err != nil || len(all) != len(kept) || len(all) > 0 && all[0].Seq != 1 {
			rt.Fatalf("%d entries, want %d: %v", len(all), len(kept), err)
		}
		for i, e := range all {
			if e.Kind != kept[i] {
				rt.Fatalf("entry %d is %q, want %q", e.Seq, e.Kind, kept[i])
			}
		}
	})
}

func ledgerAbout(t *testing.T, k *kit) {
	for i := range 6 {
		got[ledger.Entry](k)(k.Append(k.ctx, ledger.Entry{Kind: fmt.Sprint(i), Subject: fmt.Sprint("s", i%2)}))
	}
	kind := func(e ledger.Entry) string { return e.Kind }
	same(t, "newest first", ids(got[[]ledger.Entry](k)(k.EntriesAbout(k.ctx, "s1", 2)), kind), []string{"5", "3"})
	same(t, "a stretch", ids(got[[]ledger.Entry](k)(k.Entries(k.ctx, 2, 3)), kind), []string{"2", "3", "4"})
}

func ledgerRefused(t *testing.T, k *kit) {
	for name, e := range map[string]ledger.Entry{
		"no JSON":   {Kind: "x", Data: json.RawMessage("{")},
		"not UTF-8": {Kind: "x", Data: json.RawMessage("\"\xff\"")},
		"NUL":       {Kind: "x", Subject: "a\x00b"},
		"bad actor": {Kind: "x", Actor: "\xff"},
	} {
		_, err := k.Append(k.ctx, ledger.Entry{Kind: "good"}, e)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(got[[]ledger.Entry](k)(k.Entries(k.ctx, 0, 10))); n != 0 {
		t.Fatalf("%d entries of refused batches", n)
	}
}
