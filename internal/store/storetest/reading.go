package storetest

import (
	"fmt"
	"testing"
	"time"

	"assay/internal/fault"
)

var readingTests = map[string]func(*testing.T, *kit){
	"the newest reader's word is kept": func(t *testing.T, k *kit) {
		_, err := k.Reading(k.ctx, "sha256:1 0", "network/1")
		k.refuses(fault.NotFound, err)
		k.must(k.PutReading(k.ctx, "sha256:1 0", "network/1", []byte("one")))
		k.must(k.PutReading(k.ctx, "sha256:1 1", "network/1", nil))
		k.must(k.PutReading(k.ctx, "sha256:1 0", "network/1", []byte("once more")))
		if data := got[[]byte](k)(k.Reading(k.ctx, "sha256:1 0", "network/1")); string(data) != "once more" {
			t.Errorf("%q", data)
		}
		if data := got[[]byte](k)(k.Reading(k.ctx, "sha256:1 1", "network/1")); len(data) != 0 {
			t.Errorf("%q", data)
		}
		k.must(k.PutReading(k.ctx, "sha256:1 0", "network/2", []byte("two")))
		_, err = k.Reading(k.ctx, "sha256:1 0", "network/1")
		k.refuses(fault.NotFound, err)
		if data := got[[]byte](k)(k.Reading(k.ctx, "sha256:1 0", "network/2")); string(data) != "two" {
			t.Errorf("%q", data)
		}
	},
	"what nobody looks at is forgotten": func(t *testing.T, k *kit) {
		for i := range 1203 {
			k.must(k.PutReading(k.ctx, fmt.Sprintf("sha256:%04d 0", i), "network/1", []byte("text")))
		}
		now := time.Now()
		if n := got[int](k)(k.ForgetReadings(k.ctx, now.Add(-time.Hour))); n != 0 {
			t.Fatalf("%d fresh ones are gone", n)
		}
		if n := got[int](k)(k.ForgetReadings(k.ctx, now.Add(time.Hour))); n != 1203 {
			t.Fatalf("%d forgotten", n)
		}
		_, err := k.Reading(k.ctx, "sha256:0000 0", "network/1")
		k.refuses(fault.NotFound, err)
	},
}
