package picture

import (
	"image"
	"image/color"
)

// shrinkImage turns a decoded image into a frame.
func (d *decoder) shrinkImage(img image.Image) (*image.NRGBA, error) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	fw, fh := frameSize(w, h)
	frame, err := d.newFrame(fw, fh)
	if err != nil {
		return nil, err
	}
	s, err := d.shrinker(frame, w, h)
	if err != nil {
		return nil, err
	}
	eachRow(img, func(_ int, pix []byte) { s.row(pix) })
	s.finish()
	return frame, nil
}

// eachRow hands the rows of img as NRGBA to emit, which must not keep them.
// YCbCr images count as WebP's, with samples of 16 to 235.
func eachRow(img image.Image, emit func(y int, pix []byte)) {
	b := img.Bounds()
	row := make([]byte, 4*b.Dx())
	for y := range b.Dy() {
		switch m := img.(type) {
		case *image.NRGBA:
			emit(y, m.Pix[y*m.Stride:][:len(row)])
			continue
		case *image.YCbCr:
			videoRow(row, m, y)
		case *image.NYCbCrA:
			videoRow(row, &m.YCbCr, y)
			for x, a := range m.A[y*m.AStride:][:b.Dx()] {
				row[4*x+3] = a
			}
		case *image.Paletted:
			for x, v := range m.Pix[y*m.Stride:][:b.Dx()] {
				c := color.NRGBAModel.Convert(m.Palette[v]).(color.NRGBA)
				row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
			}
		default:
			for x := range b.Dx() {
				c := color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
				row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, c.A
			}
		}
		emit(y, row)
	}
}

// videoRow converts row y of m from BT.601 in video range, in the fixed-point
// arithmetic that WebP's reference decoder uses.
func videoRow(dst []byte, m *image.YCbCr, y int) {
	b := m.Rect
	for x := range b.Dx() {
		c := m.COffset(b.Min.X+x, b.Min.Y+y)
		luma := int(m.Y[y*m.YStride+x]) * 19077 >> 8
		u, v := int(m.Cb[c]), int(m.Cr[c])
		p := dst[4*x:][:4:4]
		p[0] = clampVideo(luma + v*26149>>8 - 14234)
		p[1] = clampVideo(luma - u*6419>>8 - v*13320>>8 + 8708)
		p[2] = clampVideo(luma + u*33050>>8 - 17685)
		p[3] = 255
	}
}

func clampVideo(v int) uint8 { return uint8(min(max(v>>6, 0), 255)) }
