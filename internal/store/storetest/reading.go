package storetest

import (
	"testing"

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
}
