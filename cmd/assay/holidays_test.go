package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheDoctorSaysWhenHolidaysEnd(t *testing.T) {
	for day, want := range map[string]string{"2026-01-15": "on", "2026-11-01": "on", "2026-11-03": "ending", "2027-11-20": "ending"} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		got := holidays{}.calendars(now)
		if got.State != want {
			t.Errorf("on %s: %+v", day, got)
		}
		if want == "ending" && !strings.Contains(got.Detail, "CN after 2026-12-31") {
			t.Errorf("on %s it does not say whose: %s", day, got.Detail)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "KR.txt"), []byte("zone nowhere"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := (holidays{Calendars: dir}).calendars(time.Now()); got.State != "wrong" || !strings.Contains(got.Detail, "KR.txt") {
		t.Errorf("a broken calendar is %+v", got)
	}
}
