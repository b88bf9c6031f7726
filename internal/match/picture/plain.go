package picture

import (
	"bytes"
	"errors"
	"image"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// decodeBMP reads uncompressed BMP.
func decodeBMP(d *decoder) (*Picture, error) {
	return d.plain(bmp.DecodeConfig, bmp.Decode, 4)
}

// decodeTIFF reads the first page of a baseline TIFF. Its orientation tag is
// the one that EXIF took over.
func decodeTIFF(d *decoder) (*Picture, error) {
	p, err := d.plain(tiff.DecodeConfig, tiff.Decode, 2*8+1)
	if err != nil {
		return nil, err
	}
	return still(p.Frames[0], p.Width, p.Height, exifOrientation(d.data), false), nil
}

// plain opens a file with a library decoder that allocates at most perPixel
// bytes for each pixel that its header announces.
func (d *decoder) plain(config func(io.Reader) (image.Config, error), decode func(io.Reader) (image.Image, error), perPixel int64) (*Picture, error) {
	c, err := config(bytes.NewReader(d.data))
	if err != nil {
		return nil, d.libraryError(err)
	}
	if err := d.checkSize(c.Width, c.Height); err != nil {
		return nil, err
	}
	if err := d.take(perPixel * int64(c.Width) * int64(c.Height)); err != nil {
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
	return still(frame, c.Width, c.Height, 1, false), nil
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
