package picture

import (
	"image"
	"math"
	"slices"
)

// maxWorkFactor times MaxPixels is what all frames of an animation may have
// together: a bound on time, since every frame must be composed.
const maxWorkFactor = 4

// What happens to a frame's region before the next frame is drawn.
const (
	disposeKeep = iota
	disposeClear
	disposeRestore
)

// animationFrame is one frame as its container describes it.
type animationFrame struct {
	region  image.Rectangle // on the canvas, not clipped
	delay   int             // milliseconds
	dispose int
}

// animation composes frames on a canvas and keeps a choice of the results.
type animation struct {
	d        *decoder
	canvas   *image.NRGBA
	saved    []byte // the canvas before a frame that will be undone
	keep     []bool // by frame
	frames   []*image.NRGBA
	shrink   *shrinker // makes them
	fw, fh   int       // size of kept frames
	next     int       // index of the next frame
	previous animationFrame
}

// newAnimation prepares to compose all frames on a canvas of w x h pixels.
func (d *decoder) newAnimation(w, h int, all []animationFrame) (*animation, error) {
	if err := d.checkWork(all); err != nil {
		return nil, err
	}
	a := &animation{d: d, keep: chooseFrames(all, d.limits.MaxFrames)}
	var err error
	if a.canvas, err = d.newFrame(w, h); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, func(f animationFrame) bool { return f.dispose == disposeRestore }) {
		if err := d.take(int64(len(a.canvas.Pix))); err != nil {
			return nil, err
		}
		a.saved = make([]byte, len(a.canvas.Pix))
	}
	kept := 0
	for _, k := range a.keep {
		if k {
			kept++
		}
	}
	a.fw, a.fh = frameSize(w, h)
	if need, room := 4*float64(kept)*float64(a.fw)*float64(a.fh), float64(d.left)/2; need > room {
		factor := math.Sqrt(need / room)
		a.fw, a.fh = scaled(a.fw, factor), scaled(a.fh, factor)
	}
	return a, nil
}

func (d *decoder) checkWork(all []animationFrame) error {
	work := 0
	for _, f := range all {
		if err := d.checkSize(f.region.Dx(), f.region.Dy()); err != nil {
			return err
		}
		if work += f.region.Dx() * f.region.Dy(); work > maxWorkFactor*d.limits.MaxPixels {
			return tooLarge("the %d frames of the animation have more than %d pixels together: shorten it or scale it down", len(all), maxWorkFactor*d.limits.MaxPixels)
		}
	}
	return nil
}

// chooseFrames marks at most n frames: the first, those shown at evenly spread
// moments of the running time, since what is shown longest is seen most, and
// for moments that fall on the same frame evenly spread other ones.
func chooseFrames(all []animationFrame, n int) []bool {
	keep := make([]bool, len(all))
	chosen := 0
	mark := func(i int) {
		if chosen < n && !keep[i] {
			keep[i] = true
			chosen++
		}
	}
	total := 0
	for _, f := range all {
		total += shown(f)
	}
	if len(all) > 0 {
		mark(0)
	}
	passed, k := 0, 1
	for i, f := range all {
		passed += shown(f)
		for ; k < n && passed*(n-1) >= total*k; k++ {
			mark(i)
		}
	}
	for i := range n {
		if len(all) > 0 {
			mark(i * len(all) / n)
		}
	}
	for i := range all {
		mark(i)
	}
	return keep
}

// shown is how long viewers show a frame, in milliseconds: they take delays of
// 10 ms and less for 100.
func shown(f animationFrame) int {
	if f.delay <= 10 {
		return 100
	}
	return min(f.delay, 60_000)
}

// begin disposes of the previous frame and readies the canvas for f.
func (a *animation) begin(f animationFrame) {
	switch a.previous.dispose {
	case disposeClear:
		a.eachRow(a.previous.region, func(row []byte) { clear(row) })
	case disposeRestore:
		copy(a.canvas.Pix, a.saved)
	}
	if f.dispose == disposeRestore {
		copy(a.saved, a.canvas.Pix)
	}
	a.previous = f
}

func (a *animation) eachRow(region image.Rectangle, do func(row []byte)) {
	r := region.Intersect(a.canvas.Rect)
	for y := r.Min.Y; y < r.Max.Y && !r.Empty(); y++ {
		do(a.canvas.Pix[a.canvas.PixOffset(r.Min.X, y):][:4*r.Dx()])
	}
}

// drawRow puts row y of the frame begun last on the canvas. With over, pixels
// are laid over what is there; without, they replace it.
func (a *animation) drawRow(y int, pix []byte, over bool) {
	r := a.previous.region
	y += r.Min.Y
	left, right := max(r.Min.X, 0), min(r.Max.X, a.canvas.Rect.Max.X)
	if y < 0 || y >= a.canvas.Rect.Max.Y || left >= right {
		return
	}
	src := pix[4*(left-r.Min.X) : 4*(right-r.Min.X)]
	dst := a.canvas.Pix[a.canvas.PixOffset(left, y):][:len(src)]
	if !over {
		copy(dst, src)
		return
	}
	for i := 0; i < len(src); i += 4 {
		layOver(dst[i:i+4:i+4], src[i:i+4:i+4])
	}
}

// layOver composes a pixel of straight alpha over another.
func layOver(dst, src []byte) {
	a, b := uint32(src[3]), uint32(dst[3])
	switch {
	case a == 255 || b == 0:
		copy(dst, src)
	case a == 0:
	default:
		below := b * (255 - a) / 255
		alpha := a + below
		for c := range 3 {
			dst[c] = uint8((uint32(src[c])*a + uint32(dst[c])*below + alpha/2) / alpha)
		}
		dst[3] = uint8(alpha)
	}
}

// end takes the composed frame if it is one of the chosen.
func (a *animation) end() error {
	i := a.next
	a.next++
	if i >= len(a.keep) || !a.keep[i] {
		return nil
	}
	frame, err := a.d.newFrame(a.fw, a.fh)
	if err != nil {
		return err
	}
	if a.shrink == nil {
		if a.shrink, err = a.d.shrinker(frame, a.canvas.Rect.Dx(), a.canvas.Rect.Dy()); err != nil {
			return err
		}
	}
	a.shrink.restart(frame)
	a.eachRow(a.canvas.Rect, a.shrink.row)
	a.shrink.finish()
	a.frames = append(a.frames, frame)
	return nil
}

// picture returns the kept frames, of count in the file.
func (a *animation) picture(count int, damaged bool) *Picture {
	return &Picture{
		Width: a.canvas.Rect.Dx(), Height: a.canvas.Rect.Dy(),
		Frames: a.frames, FrameCount: count, Damaged: damaged,
	}
}
