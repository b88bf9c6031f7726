package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/store"
)

// To be asked for is to be used: what is looked at stays, the rest is forgotten.
func TestReadingsStayWhileUsed(t *testing.T) {
	address := cluster.Copy(t, "store", func(address string) error {
		s, err := store.Open(context.Background(), address, store.Options{Migrate: true})
		if err != nil {
			return err
		}
		return s.Close()
	})
	for name, dsn := range map[string]string{"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "assay.db"), "PostgreSQL": address} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
			s := open(t, dsn, store.Options{Migrate: true, Now: func() time.Time { return now }})
			for _, picture := range []string{"used", "unused"} {
				if err := s.PutReading(t.Context(), picture, "network/1", []byte("text")); err != nil {
					t.Fatal(err)
				}
			}
			for range 6 {
				now = now.Add(30 * 24 * time.Hour)
				if _, err := s.Reading(t.Context(), "used", "network/1"); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := s.ForgetReadings(t.Context(), now.Add(-90*24*time.Hour)); n != 1 || err != nil {
				t.Errorf("%d forgotten, %v", n, err)
			}
			if _, err := s.Reading(t.Context(), "unused", "network/1"); !fault.Is(err, fault.NotFound) {
				t.Errorf("the unused one is there: %v", err)
			}
		})
	}
}
