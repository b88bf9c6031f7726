// Package picture decodes pictures that strangers sent. It decides by content
// and never by name, checks every size before it allocates, forgives what the
// viewers of buyers forgive, and says of everything else why it cannot be
// opened, because a picture that buyers see and nobody screened is a hole.
package picture

import (
	"fmt"
	"image"
	"math"
)

// Limits bound what one file may cost. A zero field means the default.
type Limits struct {
	MaxBytes  int64 // size of the file
	MaxPixels int   // width times height of the picture or one animation canvas
	MaxSide   int   // longer side of the picture, in pixels
	MaxFrames int   // frames kept of an animation, spread over its running time
	// MaxMemory is what decoding a file of up to 1 MB may allocate, in bytes.
	// Larger files may use more in proportion, up to four times as much.
	MaxMemory int64
}

// DefaultLimits suit pictures uploaded to a marketplace.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes:  32 << 20,
		MaxPixels: 50_000_000,
		MaxSide:   65_535,
		MaxFrames: 8,
		MaxMemory: 64 << 20,
	}
}

// LongSide is the side in pixels beyond which decoded frames are scaled down.
const LongSide = 1600

const (
	stripSide   = 640       // a long strip keeps this short side where it can
	stripPixels = 6_000_000 // and has at most this many pixels
)

// Picture is a decoded file.
type Picture struct {
	Format string // one of the Format constants
	// Width and Height are the size in the file after its EXIF orientation.
	Width, Height int
	// Frames are upright, with straight (not premultiplied) alpha. A still
	// picture has one. They are the file's own pixels when neither side is
	// over LongSide; otherwise they are scaled down by area averaging so that
	// the longer side has LongSide pixels. Strips as tall as product pages
	// keep more, so that their text stays readable, and frames of a large
	// animation less, so that all fit in memory. All have the same size.
	Frames []*image.NRGBA
	// FrameCount is the number of frames in the file, of which Frames may be
	// a choice: the first and those shown at evenly spread moments.
	FrameCount int
	// Damaged says that part of the file is missing or broken. What could not
	// be decoded is transparent, or a poor guess in the middle of a JPEG.
	Damaged bool
}

// Formats that Decode opens.
const (
	FormatJPEG = "jpeg"
	FormatPNG  = "png"
	FormatGIF  = "gif"
	FormatWebP = "webp"
	FormatBMP  = "bmp"
	FormatTIFF = "tiff"
)

// minShare is the least part of a picture that must have been decoded for a
// damaged file to be of use.
const minShare = 0.1

// Decode opens data. Its errors are of type *Error. It is safe for files made
// to do harm: time and memory stay in proportion to the limits.
func Decode(data []byte, limits Limits) (p *Picture, err error) {
	d := &decoder{data: data, limits: limits.withDefaults()}
	if int64(len(data)) > d.limits.MaxBytes {
		return nil, tooLarge("the file has %d bytes, at most %d are accepted: save it smaller or with stronger compression", len(data), d.limits.MaxBytes)
	}
	format, open, err := sniff(data)
	if err != nil {
		return nil, err
	}
	d.format = format
	d.budget = newBudget(len(data), d.limits)
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, corrupt(format, "the decoder stopped: %v", r)
		}
	}()
	p, err = open(d)
	if err != nil {
		return nil, err
	}
	p.Format = format
	return p, nil
}

// decoder is what the formats' decoders share: the file and what it may cost.
type decoder struct {
	data   []byte
	format string
	limits Limits
	budget
}

func (l Limits) withDefaults() Limits {
	def := DefaultLimits()
	if l.MaxBytes <= 0 {
		l.MaxBytes = def.MaxBytes
	}
	if l.MaxPixels <= 0 {
		l.MaxPixels = def.MaxPixels
	}
	if l.MaxSide <= 0 {
		l.MaxSide = def.MaxSide
	}
	if l.MaxFrames <= 0 {
		l.MaxFrames = def.MaxFrames
	}
	if l.MaxMemory <= 0 {
		l.MaxMemory = def.MaxMemory
	}
	return l
}

// checkSize refuses sizes outside the limits.
func (d *decoder) checkSize(w, h int) error {
	if w <= 0 || h <= 0 {
		return corrupt(d.format, "its header says %d x %d pixels", w, h)
	}
	if max(w, h) > d.limits.MaxSide || h > d.limits.MaxPixels/w {
		return tooLarge("the picture has %d x %d pixels, at most %d in all and %d a side are accepted: scale it down", w, h, d.limits.MaxPixels, d.limits.MaxSide)
	}
	return nil
}

// frameSize returns the size at which a picture of w x h pixels is kept.
func frameSize(w, h int) (int, int) {
	long, short := max(w, h), min(w, h)
	if long <= LongSide {
		return w, h
	}
	factor := float64(long) / LongSide
	if float64(short)/factor < stripSide {
		factor = max(1, float64(short)/stripSide, math.Sqrt(float64(w)*float64(h)/stripPixels))
	}
	return scaled(w, factor), scaled(h, factor)
}

func scaled(side int, factor float64) int {
	return min(max(1, int(math.Round(float64(side)/factor))), side)
}

// newFrame allocates a frame of w x h pixels from the budget.
func (d *decoder) newFrame(w, h int) (*image.NRGBA, error) {
	if err := d.take(4 * int64(w) * int64(h)); err != nil {
		return nil, err
	}
	return image.NewNRGBA(image.Rect(0, 0, w, h)), nil
}

// still wraps the one frame of a picture that has w x h pixels in the file.
func still(frame *image.NRGBA, w, h, orientation int, damaged bool) *Picture {
	if swapsSides(orientation) {
		w, h = h, w
	}
	return &Picture{
		Width: w, Height: h,
		Frames:     []*image.NRGBA{Orient(frame, orientation)},
		FrameCount: 1,
		Damaged:    damaged,
	}
}

// budget is the memory, in bytes, that a decoder may still allocate. Small
// things are not counted; a sixteenth is kept back for them.
type budget struct{ left, all int64 }

func newBudget(size int, l Limits) budget {
	const unit = 1 << 20
	all := l.MaxMemory
	if size > unit {
		all = min(int64(float64(all)*float64(size)/unit), 4*all)
	}
	return budget{left: all - all/16, all: all}
}

// take reserves n bytes before they are allocated.
func (b *budget) take(n int64) error {
	if n < 0 || n > b.left {
		return tooLarge("decoding needs %s, more than the %s allowed for a file of this size: save the picture smaller", megabytes(b.all-b.left+max(n, 0)), megabytes(b.all))
	}
	b.left -= n
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }
