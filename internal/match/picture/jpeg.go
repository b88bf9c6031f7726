package picture

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
)

func decodeJPEG(d *decoder) (*Picture, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(d.data))
	if err != nil {
		return nil, d.libraryError(err)
	}
	if err := d.checkSize(c.Width, c.Height); err != nil {
		return nil, err
	}
	if err := d.take(15 * int64(c.Width) * int64(c.Height)); err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(d.data))
	if err != nil {
		return nil, d.libraryError(err)
	}
	rgba := image.NewRGBA(img.Bounds())
	draw.Draw(rgba, rgba.Rect, img, image.Point{}, draw.Src)
	frame, err := d.shrinkImage(&image.NRGBA{Pix: rgba.Pix, Stride: rgba.Stride, Rect: rgba.Rect})
	if err != nil {
		return nil, err
	}
	return still(frame, c.Width, c.Height, 1, false), nil
}
