package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// decodeBMP reads uncompressed BMP.
func decodeBMP(d *decoder) (*Picture, error) {
	cost := func(image.Config) int64 { return 4 }
	return d.plain(bmp.DecodeConfig, bmp.Decode, cost, 1)
}

// decodeTIFF reads the first page of a baseline TIFF. EXIF's orientation tag
// is TIFF's own.
func decodeTIFF(d *decoder) (*Picture, error) {
	return d.plain(tiff.DecodeConfig, tiff.Decode, tiffCost, exifOrientation(d.data))
}

// tiffCost counts the picture and a decompressed strip of up to eight bytes a
// pixel, in a buffer that grows by doubling.
func tiffCost(c image.Config) int64 {
	const strip = 3 * 8
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return strip + 8
	}
	return strip + 4
}

// plain opens a file with a library decoder that allocates at most cost bytes
// for each pixel that its header announces.
func (d *decoder) plain(config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error), cost func(image.Config) int64, orientation int) (*Picture, error) {
	c, err := config(bytes.NewReader(d.data))
	if err != nil {
		return nil, d.libraryError(err)
	}
	if err := d.checkSize(c.Width, c.Height); err != nil {
		return nil, err
	}
	if err := d.take(cost(c) * int64(c.Width) * int64(c.Height)); err != nil {
		return nil, err
	}
	img, err := decode(bytes.NewReader(d.data))
	if err != nil {
		return nil, d.libraryError(err)
	}
	frame, err := d.shrinkImage(img)
	if err != nil {
		return nil, err
	}
	return still(frame, c.Width, c.Height, orientation, false), nil
}

func (d *decoder) libraryError(err error) error {
	var unknown tiff.UnsupportedError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return truncated(d.format, "its data end too early")
	case errors.As(err, &unknown), errors.Is(err, bmp.ErrUnsupported):
		return unsupported("a "+d.format+" of a rare kind", "%v", err)
	}
	return corrupt(d.format, "%v", err)
}
