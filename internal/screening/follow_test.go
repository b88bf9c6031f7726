package screening_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"time"

	"assay/internal/blob"
	"assay/internal/match/keypoint"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/signal"
	"assay/internal/verdict/policy"
)

// worker is one of several processes on one store.
type worker struct {
	*screening.Engine
	*screening.Follower
}

// join starts a worker.
func (h *house) join(t *testing.T) worker {
	t.Helper()
	engine, err := screening.NewEngine(policy.Default(), nil, h.service.Log)
	must(t, err)
	w := worker{engine, &screening.Follower{Library: engine.Library, Store: h.store, Blobs: h.blobs, Log: h.service.Log}}
	must(t, w.Load(h.ctx))
	return w
}

// A protected picture is matched by every worker as soon as each has asked the store for news, which it does several
// times a second, and no longer once it is retired. What one worker described, the other and the next start read.
func TestNewAssetIsMatchedByEveryWorker(t *testing.T) {
	if screening.FollowEvery > 500*time.Millisecond {
		t.Errorf("workers ask for news every %v: an asset is to be matched within a second", screening.FollowEvery)
	}
	h := newHouse(t)
	workers := []worker{h.join(t), h.join(t)}
	img := scribble(5, 500, 400, false)
	var file bytes.Buffer
	must(t, png.Encode(&file, img))
	hash, err := h.blobs.Put(h.ctx, file.Bytes())
	must(t, err)
	asset := registry.Asset{ID: "new", BrandID: "veltrana", Kind: registry.AssetPhotograph, Label: "new", Picture: hash}

	expect := func(when string, w worker, want bool) {
		t.Helper()
		seen := map[signal.Kind]bool{}
		for _, eye := range w.Eyes {
			found, err := eye.Look(context.Background(), &signal.LoadedPicture{Hash: when, Frames: []*image.NRGBA{img}})
			must(t, err)
			for _, s := range found {
				seen[s.Kind] = seen[s.Kind] || s.AssetID == "new" && s.Score > keypoint.BlockScore
			}
		}
		if seen[signal.PicturePart] != want || seen[signal.PictureCopy] != want {
			t.Errorf("%s: found inside %v, as a whole %v; want %v", when, seen[signal.PicturePart], seen[signal.PictureCopy], want)
		}
	}
	changed[bool](t)(h.store.PutAsset(h.ctx, asset))
	for _, w := range workers {
		expect("before the news", w, false)
		must(t, w.CatchUp(h.ctx))
		expect("after the news", w, true)
	}
	h.blobs, err = blob.Open(h.ctx, "mem:") // empty: a start reads the stored descriptors, not the pictures
	must(t, err)
	expect("after a start", h.join(t), true)
	asset.Retired = true
	changed[bool](t)(h.store.PutAsset(h.ctx, asset))
	for _, w := range workers {
		must(t, w.CatchUp(h.ctx))
		expect("after it was retired", w, false)
	}
	expect("retired, after a start", h.join(t), false)
}

// A photograph that is sought as a whole is matched as a whole only, and has no descriptor of what lies inside; how far it
// is sought can be changed both ways, and every worker goes by it with its next question.
func TestDepthOfAnAsset(t *testing.T) {
	h := newHouse(t)
	workers := []worker{h.join(t), h.join(t)}
	img := scribble(8, 500, 400, false)
	framed := image.NewNRGBA(image.Rect(0, 0, 900, 900)) // the picture inside another
	for y := range 400 {
		for x := range 500 {
			framed.SetNRGBA(x+300, y+400, img.NRGBAAt(x, y))
		}
	}
	var file bytes.Buffer
	must(t, png.Encode(&file, img))
	hash, err := h.blobs.Put(h.ctx, file.Bytes())
	must(t, err)
	asset := registry.Asset{ID: "catalogue", BrandID: "veltrana", Kind: registry.AssetPhotograph, Label: "c", Picture: hash}
	finds := func(w worker, p *image.NRGBA) map[signal.Kind]bool {
		out := map[signal.Kind]bool{}
		for _, eye := range w.Eyes {
			found, err := eye.Look(h.ctx, &signal.LoadedPicture{Hash: "x", Frames: []*image.NRGBA{p}})
			must(t, err)
			for _, s := range found {
				out[s.Kind] = out[s.Kind] || s.AssetID == "catalogue" && s.Score > keypoint.ReviewScore
			}
		}
		return out
	}
	for _, depth := range []registry.Sought{registry.SoughtWhole, registry.SoughtInside, registry.SoughtWhole} {
		asset.Sought = depth
		changed[bool](t)(h.store.PutAsset(h.ctx, asset))
		for _, w := range append(workers, h.join(t)) {
			must(t, w.CatchUp(h.ctx))
			inside := depth == registry.SoughtInside
			if f := finds(w, img); !f[signal.PictureCopy] || f[signal.PicturePart] != inside {
				t.Errorf("sought %s: the picture itself gives %v", depth, f)
			}
			if f := finds(w, framed); f[signal.PicturePart] != inside {
				t.Errorf("sought %s: the picture inside another gives %v", depth, f)
			}
			if c := registry.CrowdOf(w.Engine.Library.Tallies()); (c.Photographs == 1) != inside {
				t.Errorf("sought %s: %+v are counted", depth, c)
			}
		}
		if _, err := h.store.Print(h.ctx, "catalogue", keypoint.Version+"@"+hash); depth == registry.SoughtWhole && len(workers) == 2 && err == nil {
			t.Error("it was described for the search inside pictures, which nobody asked for")
		}
		workers = append(workers, h.join(t)) // from now on a descriptor may be there
	}
}

// Stored descriptors of another version, or damaged ones, are no use: the asset is described again and kept.
func TestOldDescriptorsAreMadeAnew(t *testing.T) {
	h := newHouse(t)
	img := scribble(6, 500, 400, false)
	var file bytes.Buffer
	must(t, png.Encode(&file, img))
	hash, err := h.blobs.Put(h.ctx, file.Bytes())
	must(t, err)
	changed[bool](t)(h.store.PutAsset(h.ctx, registry.Asset{ID: "old", BrandID: "veltrana", Kind: registry.AssetPhotograph, Label: "old", Picture: hash}))
	for name, data := range map[string][]byte{"older": []byte("keypoint/0\x00\x01"), "damaged": append([]byte(keypoint.Version), 0, 1, 2, 3)} {
		must(t, h.store.PutPrint(h.ctx, "old", keypoint.Version+"@"+hash, data))
		engine, err := screening.NewEngine(policy.Default(), nil, h.service.Log)
		must(t, err)
		must(t, (&screening.Follower{Library: engine.Library, Store: h.store, Blobs: h.blobs, Log: h.service.Log}).Load(h.ctx))
		kept, err := h.store.Print(h.ctx, "old", keypoint.Version+"@"+hash)
		must(t, err)
		if err := new(keypoint.Descriptors).UnmarshalBinary(kept); err != nil {
			t.Errorf("%s: what is kept now cannot be read: %v", name, err)
		}
		found := false
		for _, eye := range engine.Eyes {
			signals, err := eye.Look(h.ctx, &signal.LoadedPicture{Hash: name, Frames: []*image.NRGBA{img}})
			must(t, err)
			for _, s := range signals {
				found = found || s.Kind == signal.PicturePart && s.AssetID == "old"
			}
		}
		if !found {
			t.Errorf("%s: the asset is not matched", name)
		}
	}
}
