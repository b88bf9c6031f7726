package store

import (
	"testing"
	"time"
)

// FuzzCursor: cursors come from strangers; one that was handed out is read as
// it was, anything else is refused or harmless.
func FuzzCursor(f *testing.F) {
	f.Add("", 3, int64(0), "id")
	f.Add("e30", -1<<40, int64(1700000000123456), "\x00\xff한")
	f.Fuzz(func(t *testing.T, text string, rank int, micro int64, id string) {
		if p, err := readCursor(text); err == nil {
			_ = p.At.UnixMicro()
		}
		when := time.UnixMicro(micro % 1e17).UTC()
		p := place{Rank: rank, At: when, ID: clean(id)}
		back, err := readCursor(p.cursor())
		if err != nil || back.Rank != p.Rank || !back.At.Equal(p.At) || back.ID != p.ID {
			t.Fatalf("%+v came back as %+v, %v", p, back, err)
		}
	})
}
