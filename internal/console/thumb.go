package console

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"runtime"
	"sync"

	"golang.org/x/sync/singleflight"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/match/picture"
)

// thumbBytes is how much the cache of scaled pictures may hold.
const thumbBytes = 64 << 20

type thumbKey struct {
	hash  string
	width int
	frame int
}

type thumb struct {
	data        []byte
	contentType string
}

// thumbs scales pictures and keeps the newest ones. Decoding is bounded twice:
// each picture by package picture, and how many at once by slots.
type thumbs struct {
	blobs  *blob.Store
	slots  chan struct{}
	flight singleflight.Group

	mu    sync.Mutex
	byKey map[thumbKey]*list.Element
	order *list.List // newest use first
	size  int
}

type thumbEntry struct {
	key   thumbKey
	thumb thumb
}

func newThumbs(blobs *blob.Store) *thumbs {
	return &thumbs{blobs: blobs, slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), byKey: map[thumbKey]*list.Element{}, order: list.New()}
}

// get returns the scaled picture. Bytes that are no picture are fault.NotFound:
// the page then shows its own sign for "cannot be opened".
func (t *thumbs) get(ctx context.Context, key thumbKey) (thumb, error) {
	if th, ok := t.cached(key); ok {
		return th, nil
	}
	// The work outlives a reader who goes away, because others may wait for it.
	ctx = context.WithoutCancel(ctx)
	v, err, _ := t.flight.Do(fmt.Sprint(key), func() (any, error) {
		t.slots <- struct{}{}
		defer func() { <-t.slots }()
		th, err := t.make(ctx, key)
		if err == nil {
			t.keep(key, th)
		}
		return th, err
	})
	if err != nil {
		return thumb{}, err
	}
	return v.(thumb), nil
}

func (t *thumbs) make(ctx context.Context, key thumbKey) (thumb, error) {
	data, err := t.blobs.Get(ctx, key.hash)
	if err != nil {
		return thumb{}, err
	}
	p, err := picture.Decode(data, picture.DefaultLimits())
	if err != nil {
		return thumb{}, fault.Wrap(err, fault.NotFound, "this picture cannot be opened")
	}
	return encode(shrink(p.Frames[min(key.frame, len(p.Frames)-1)], key.width))
}

// shrink scales a frame down so that it is at most width pixels wide and four
// times that tall.
func shrink(src *image.NRGBA, width int) *image.NRGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	factor := max(float64(w)/float64(width), float64(h)/float64(4*width))
	if factor <= 1 {
		return src
	}
	return picture.Resize(src, max(1, int(float64(w)/factor)), max(1, int(float64(h)/factor)))
}

// encode writes JPEG, or PNG where transparency would be lost.
func encode(img *image.NRGBA) (thumb, error) {
	var b bytes.Buffer
	if img.Opaque() {
		err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
		return thumb{b.Bytes(), "image/jpeg"}, err
	}
	err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	return thumb{b.Bytes(), "image/png"}, err
}

func (t *thumbs) cached(key thumbKey) (thumb, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.byKey[key]
	if !ok {
		return thumb{}, false
	}
	t.order.MoveToFront(e)
	return e.Value.(thumbEntry).thumb, true
}

func (t *thumbs) keep(key thumbKey, th thumb) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.byKey[key]; ok {
		return
	}
	t.byKey[key] = t.order.PushFront(thumbEntry{key, th})
	t.size += len(th.data)
	for t.size > thumbBytes && t.order.Len() > 1 {
		e := t.order.Back()
		old := t.order.Remove(e).(thumbEntry)
		delete(t.byKey, old.key)
		t.size -= len(old.thumb.data)
	}
}
