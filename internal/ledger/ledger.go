// Package ledger is the append-only, hash-chained record of what happened.
package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one thing that happened. Data holds ids and codes, no personal data.
type Entry struct {
	Seq     int64           `json:"seq"` // 1, 2, 3 ... without gaps
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`   // account id, key id, or "system"
	Kind    string          `json:"kind"`    // "verdict.given", "case.decided", "registry.changed" ...
	Subject string          `json:"subject"` // id of what it is about
	Data    json.RawMessage `json:"data,omitempty"`
	Prev    string          `json:"prev"` // Hash of Seq-1; "" for the first
	Hash    string          `json:"hash"`
}

// Seal computes the entry's hash over everything before it. Times count in
// microseconds, which both engines keep.
func (e Entry) Seal() string {
	h := sha256.New()
	fmt.Fprintf(h, "assay-ledger/1\n%s\n%d\n%d\n%q\n%q\n%q\n%d\n", e.Prev, e.Seq, e.At.UTC().UnixMicro(), e.Actor, e.Kind, e.Subject, len(e.Data))
	h.Write(e.Data)
	return hex.EncodeToString(h.Sum(nil))
}

// Verify checks a run of entries: seals, links, and numbers without gaps.
// prev is the hash before the first of them. It returns the last hash.
func Verify(prev string, entries []Entry) (string, error) {
	for i, e := range entries {
		if e.Prev != prev {
			return prev, fmt.Errorf("ledger entry %d does not follow the one before it", e.Seq)
		}
		if i > 0 && e.Seq != entries[i-1].Seq+1 {
			return prev, fmt.Errorf("ledger entry %d is missing", entries[i-1].Seq+1)
		}
		if e.Seal() != e.Hash {
			return prev, fmt.Errorf("ledger entry %d was changed after it was written", e.Seq)
		}
		prev = e.Hash
	}
	return prev, nil
}

// Store keeps the ledger. Append numbers, links and seals the entries in the
// caller's transaction (see store.Atomic) and returns the last one.
type Store interface {
	Append(ctx context.Context, entries ...Entry) (Entry, error)
	Entries(ctx context.Context, after int64, limit int) ([]Entry, error)
	EntriesAbout(ctx context.Context, subject string, limit int) ([]Entry, error) // newest first
}
