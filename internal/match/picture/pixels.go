package picture

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
)

// swapsSides says whether EXIF orientation o exchanges width and height.
func swapsSides(o int) bool { return o >= 5 && o <= 8 }

// Orient returns p turned upright from EXIF orientation o, 1 to 8; any other
// value counts as 1, for which p itself is returned.
func Orient(p *image.NRGBA, o int) *image.NRGBA {
	if o < 2 || o > 8 {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	outW, outH := w, h
	if swapsSides(o) {
		outW, outH = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, outW, outH))
	// Pixel (x, y) of the result is found at start + x*right + y*down.
	last := (h-1)*p.Stride + (w-1)*4
	rowEnd, colEnd := (w-1)*4, (h-1)*p.Stride
	var start, right, down int
	switch o {
	case 2:
		start, right, down = rowEnd, -4, p.Stride
	case 3:
		start, right, down = last, -4, -p.Stride
	case 4:
		start, right, down = colEnd, 4, -p.Stride
	case 5:
		start, right, down = 0, p.Stride, 4
	case 6:
		start, right, down = colEnd, -p.Stride, 4
	case 7:
		start, right, down = last, -p.Stride, -4
	case 8:
		start, right, down = rowEnd, p.Stride, -4
	}
	for y := range outH {
		at := start + y*down
		dst := out.Pix[y*out.Stride:][:4*outW]
		for x := 0; x < len(dst); x += 4 {
			copy(dst[x:x+4:x+4], p.Pix[at:at+4:at+4])
			at += right
		}
	}
	return out
}

// Flatten returns p on an opaque background; p itself when nothing shows
// through. The alpha of background is ignored.
func Flatten(p *image.NRGBA, background color.NRGBA) *image.NRGBA {
	if p.Opaque() {
		return p
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		src, dst := p.Pix[y*p.Stride:][:4*w], out.Pix[y*out.Stride:][:4*w]
		for i := 0; i < len(dst); i += 4 {
			a := src[i+3]
			dst[i] = blend(src[i], background.R, a)
			dst[i+1] = blend(src[i+1], background.G, a)
			dst[i+2] = blend(src[i+2], background.B, a)
			dst[i+3] = 255
		}
	}
	return out
}

// blend mixes two channel values, the upper one with opacity a.
func blend(upper, lower, a uint8) uint8 {
	return uint8((uint32(upper)*uint32(a) + uint32(lower)*(255-uint32(a)) + 127) / 255)
}

// Luma returns the brightness of p, 0.299 R + 0.587 G + 0.114 B (BT.601)
// rounded. Transparent pixels count as lying on white.
func Luma(p *image.NRGBA) *image.Gray {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		src, dst := p.Pix[y*p.Stride:][:4*w], out.Pix[y*out.Stride:][:w]
		for x := range dst {
			s := src[4*x:][:4:4]
			r, g, b := s[0], s[1], s[2]
			if a := s[3]; a != 255 {
				r, g, b = blend(r, 255, a), blend(g, 255, a), blend(b, 255, a)
			}
			dst[x] = uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
		}
	}
	return out
}

// Resize returns p scaled to w x h pixels: by area averaging where a side
// shrinks and by bilinear interpolation where it grows. Transparent pixels lend
// no colour to their neighbours. It panics when w or h is not positive.
func Resize(p *image.NRGBA, w, h int) *image.NRGBA {
	if w <= 0 || h <= 0 {
		panic(fmt.Sprintf("picture: resize to %d x %d", w, h))
	}
	srcW, srcH := p.Rect.Dx(), p.Rect.Dy()
	if srcW == 0 || srcH == 0 {
		return image.NewNRGBA(image.Rect(0, 0, w, h))
	}
	out := image.NewNRGBA(image.Rect(0, 0, min(w, srcW), min(h, srcH)))
	s := newShrinker(out, srcW, srcH)
	for y := range srcH {
		s.row(p.Pix[y*p.Stride:][:4*srcW])
	}
	s.finish()
	if w > srcW || h > srcH {
		out = enlarge(out, w, h)
	}
	return out
}

// Fit returns p scaled down so that neither side is over side pixels, or p
// itself when it is small enough. It serves thumbnails.
func Fit(p *image.NRGBA, side int) *image.NRGBA {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	long := max(w, h)
	if long <= side {
		return p
	}
	factor := float64(long) / float64(side)
	return Resize(p, scaled(w, factor), scaled(h, factor))
}

// EncodeJPEG writes img as a JPEG of the given quality, 1 to 100, on white.
func EncodeJPEG(w io.Writer, img *image.NRGBA, quality int) error {
	flat := Flatten(img, color.NRGBA{R: 255, G: 255, B: 255, A: 255})
	// Opaque pixels are the same with and without premultiplied alpha, and
	// the encoder has a fast path for the latter only.
	rgba := &image.RGBA{Pix: flat.Pix, Stride: flat.Stride, Rect: flat.Rect}
	if err := jpeg.Encode(w, rgba, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("picture: encode JPEG: %w", err)
	}
	return nil
}
