package screening_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"assay/internal/listing"
	"assay/internal/registry"
	"assay/internal/signal"
)

// guest is an eye of somebody else's.
type guest struct {
	err    error
	looked int
	knows  []string
}

func (*guest) Name() string { return "guest/1" }

func (g *guest) Look(context.Context, *signal.LoadedPicture) ([]signal.Signal, error) {
	g.looked++
	return nil, g.err
}

func (g *guest) Learn(_ context.Context, k signal.Known) error {
	g.knows = append(g.knows, k.Asset.ID)
	return nil
}

func (*guest) Forget(string) {}

func TestAnEyeThatIsAwayHoldsNothingUp(t *testing.T) {
	h := newHouse(t)
	g := &guest{err: fmt.Errorf("%w: unplugged", signal.ErrAway)}
	h.service.Engine.AddEye(g)
	picture := h.picture(scenery(1))
	names := func(l listing.Listing) []string {
		list, err := h.store.VerdictsOf(h.ctx, l.ID, 1)
		must(t, err)
		return list[0].Detectors
	}

	l := h.offer("away", honest, picture)
	if l.Status != listing.Live || slices.Contains(names(l), "guest/1") {
		t.Errorf("away: listing %s, looked %v", l.Status, names(l))
	}
	g.err = nil
	l = h.offer("back", honest, picture) // the same bytes: not taken as seen
	if l.Status != listing.Live || !slices.Contains(names(l), "guest/1") || g.looked != 2 {
		t.Errorf("back: listing %s, looked %v, asked %d times", l.Status, names(l), g.looked)
	}
	h.offer("again", honest, picture)
	if g.looked != 2 {
		t.Errorf("a picture that was seen is shown again")
	}
	g.err = errors.New("on fire")
	c, open := h.openCase(h.offer("broken", honest, h.picture(scenery(2))))
	if !open || c.Reason != "detector_failed" {
		t.Errorf("an eye that fails: case %v for %q", open, c.Reason)
	}
	changed[bool](t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "new", BrandID: "veltrana", Kind: registry.AssetName, Text: "Novelty"}))
	must(t, h.service.CatchUp(h.ctx))
	if !slices.Contains(g.knows, "new") {
		t.Errorf("the eye was taught %v", g.knows)
	}
}
