package registry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"testing"

	"assay/internal/fault"
	"assay/internal/registry"
)

// photographs registers n of one brand, sought inside pictures.
func (r *rig) photographs(t testing.TB, brand string, n int) {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	key, err := r.AddPicture(t.Context(), data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.Atomic(t.Context(), func(ctx context.Context) error {
		for i := range n {
			a := registry.Asset{ID: fmt.Sprintf("%s-%05d", brand, i), BrandID: brand, Kind: registry.AssetPhotograph, Label: "photograph", Picture: key}
			if _, err := r.store.PutAsset(ctx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// All that match are changed, each written down like one that is saved alone,
// and doing it again changes nothing.
func TestShift(t *testing.T) {
	r := newRig(t)
	r.photographs(t, "one", 450)
	r.photographs(t, "two", 3)
	before := len(r.entries(t))
	s := registry.Shift{BrandID: "one", To: registry.SoughtWhole}
	if n, err := r.CountShift(t.Context(), s); n != 450 || err != nil {
		t.Fatal(n, err)
	}
	var batches []int
	n, err := r.Shift(t.Context(), s, 450, "me", func(n int) { batches = append(batches, n) })
	if n != 450 || err != nil || fmt.Sprint(batches) != "[200 400 450]" {
		t.Fatal(n, err, batches)
	}
	list := r.entries(t)[before:]
	if len(list) != 450 || list[0].Kind != "registry.changed" || list[0].Actor != "me" || list[449].Subject != "one-00449" {
		t.Fatalf("%d entries, %+v", len(list), list[:1])
	}
	if n, err := r.Shift(t.Context(), s, 0, "me", nil); n != 0 || err != nil {
		t.Error("again:", n, err)
	}
	if n, err := r.CountShift(t.Context(), registry.Shift{To: registry.SoughtWhole}); n != 3 || err != nil {
		t.Error("the other brand:", n, err)
	}
}

// The ledger says the same of a photograph that is changed with many and of one
// that is saved by hand.
func TestShiftIsWrittenDownAsASave(t *testing.T) {
	r := newRig(t)
	r.photographs(t, "one", 2)
	shift := func(to registry.Sought) {
		t.Helper()
		if n, err := r.Shift(t.Context(), registry.Shift{Query: "one-00001", To: to}, 1, "me", nil); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	shift(registry.SoughtWhole)
	byShift := r.entries(t)
	shift(registry.SoughtInside)
	a, err := r.store.Asset(t.Context(), "one-00001")
	if err != nil {
		t.Fatal(err)
	}
	a.Sought = registry.SoughtWhole
	if _, err := r.SaveAsset(t.Context(), a, "me"); err != nil {
		t.Fatal(err)
	}
	byHand := r.entries(t)
	if was, is := byShift[len(byShift)-1], byHand[len(byHand)-1]; string(was.Data) != string(is.Data) || was.Subject != is.Subject {
		t.Errorf("%s %s, by hand %s %s", was.Subject, was.Data, is.Subject, is.Data)
	}
}

// More than were told are not changed, and neither is anything to nowhere.
func TestShiftRefuses(t *testing.T) {
	r := newRig(t)
	r.photographs(t, "one", 3)
	if n, err := r.Shift(t.Context(), registry.Shift{To: registry.SoughtWhole}, 2, "me", nil); n != 0 || !fault.Is(err, fault.Conflict) {
		t.Error(n, err)
	}
	if _, err := r.CountShift(t.Context(), registry.Shift{To: "deep"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if n, err := r.CountShift(t.Context(), registry.Shift{To: registry.SoughtWhole}); n != 3 || err != nil {
		t.Error("something was changed:", n, err)
	}
}

// What stops half-way keeps the batches that were done, and goes on with the rest.
func TestShiftGoesOn(t *testing.T) {
	r := newRig(t)
	r.photographs(t, "one", 450)
	atomic, left := r.Atomic, 2
	r.Atomic = func(ctx context.Context, do func(ctx context.Context) error) error {
		if left--; left < 0 {
			return errors.New("the power is gone")
		}
		return atomic(ctx, do)
	}
	s := registry.Shift{To: registry.SoughtWhole}
	if n, err := r.Shift(t.Context(), s, 450, "me", nil); n != 400 || err == nil {
		t.Fatal(n, err)
	}
	r.Atomic = atomic
	before := len(r.entries(t))
	if n, err := r.Shift(t.Context(), s, 450, "me", nil); n != 50 || err != nil || len(r.entries(t)) != before+50 {
		t.Error(n, err)
	}
}

// BenchmarkShift changes 20,000 photographs there or back.
func BenchmarkShift(b *testing.B) {
	const n = 20_000
	r := newRig(b)
	r.photographs(b, "one", n)
	to := []registry.Sought{registry.SoughtWhole, registry.SoughtInside}
	for i := 0; b.Loop(); i++ {
		if done, err := r.Shift(b.Context(), registry.Shift{To: to[i%2]}, n, "me", nil); done != n || err != nil {
			b.Fatal(done, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "photographs/s")
}
