package store

import (
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"assay/internal/fault"
	"assay/internal/ledger"
)

type ledgerRow struct {
	bun.BaseModel `bun:"table:ledger"`
	Seq           int64   `bun:"seq,pk"`
	At            instant `bun:"at"`
	Actor         string  `bun:"actor"`
	Kind          string  `bun:"kind"`
	Subject       string  `bun:"subject"`
	Data          string  `bun:"data"`
	Prev          string  `bun:"prev"`
	Hash          string  `bun:"hash"`
}

func (r ledgerRow) domain() (ledger.Entry, error) {
	e := ledger.Entry{Seq: r.Seq, At: r.At.Time, Actor: r.Actor, Kind: r.Kind, Subject: r.Subject, Prev: r.Prev, Hash: r.Hash}
	if r.Data != "" {
		e.Data = json.RawMessage(r.Data)
	}
	return e, nil
}

// Append implements ledger.Store. Entries without a time happened now. Data
// must be JSON in valid UTF-8. From the first Append of a transaction to its
// end no other transaction can append: append last.
func (s *Store) Append(ctx context.Context, entries ...ledger.Entry) (ledger.Entry, error) {
	if len(entries) == 0 {
		return ledger.Entry{}, nil
	}
	entries = slices.Clone(entries)
	for i := range entries {
		if err := s.prepare(&entries[i]); err != nil {
			return ledger.Entry{}, err
		}
	}
	err := s.write(ctx, func(ctx context.Context, db bun.IDB) error {
		head, err := s.lockHead(ctx, db, "ledger")
		if err != nil {
			return err
		}
		rows := make([]ledgerRow, len(entries))
		for i := range entries {
			e := &entries[i]
			head.Seq++
			e.Seq, e.Prev = head.Seq, head.Hash
			e.Hash = e.Seal()
			head.Hash = e.Hash
			rows[i] = ledgerRow{Seq: e.Seq, At: at(e.At), Actor: e.Actor, Kind: e.Kind, Subject: e.Subject, Data: string(e.Data), Prev: e.Prev, Hash: e.Hash}
		}
		if _, err := db.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return s.wrap(ctx, "append to the ledger", err)
		}
		return s.moveHead(ctx, db, head)
	})
	if err != nil {
		return ledger.Entry{}, err
	}
	return entries[len(entries)-1], nil
}

// prepare brings an entry into the form in which it will be read back, since
// that is what is sealed.
func (s *Store) prepare(e *ledger.Entry) error {
	e.At = s.stamp(e.At).Time
	for _, text := range []*string{&e.Actor, &e.Kind, &e.Subject} {
		if clean(*text) != *text {
			return fault.New(fault.Invalid, "a ledger entry of kind %q holds text that is not UTF-8 or holds NUL", e.Kind)
		}
	}
	if len(e.Data) > 0 && (!json.Valid(e.Data) || !utf8.Valid(e.Data)) {
		return fault.New(fault.Invalid, "the data of a ledger entry of kind %q is not JSON", e.Kind)
	}
	return nil
}

// Entries implements ledger.Store, oldest first.
func (s *Store) Entries(ctx context.Context, after int64, limit int) ([]ledger.Entry, error) {
	return many[ledgerRow](ctx, s, "ledger", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("seq > ?", after).Order("seq").Limit(int64(limited(limit, 100, 10_000)))
	})
}

// EntriesAbout implements ledger.Store, newest first.
func (s *Store) EntriesAbout(ctx context.Context, subject string, limit int) ([]ledger.Entry, error) {
	return many[ledgerRow](ctx, s, "ledger", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("subject = ?", subject).Order("seq DESC").Limit(int64(limited(limit, 100, 1000)))
	})
}
