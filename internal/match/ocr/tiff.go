package ocr

import (
	"encoding/binary"
	"image"
)

// pages is a TIFF file of uncompressed 8-bit grey pages, one for each line.
// It travels to the reading process through a pipe: nothing of a customer's
// picture is written to disk.
func pages(lines []*image.Gray) []byte {
	le := binary.LittleEndian
	out := []byte{'I', 'I', 42, 0, 0, 0, 0, 0}
	link := 4 // where the offset of the next page's directory goes
	for _, p := range lines {
		w, h := p.Rect.Dx(), p.Rect.Dy()
		pixels := uint32(len(out))
		for y := range h {
			out = append(out, p.Pix[y*p.Stride:][:w]...)
		}
		if len(out)%2 == 1 {
			out = append(out, 0)
		}
		le.PutUint32(out[link:], uint32(len(out)))
		tags := [][3]uint32{ // number, type (3: short, 4: long), value
			{256, 4, uint32(w)}, {257, 4, uint32(h)}, {258, 3, 8}, {259, 3, 1}, {262, 3, 1},
			{273, 4, pixels}, {277, 3, 1}, {278, 4, uint32(h)}, {279, 4, uint32(w * h)},
		}
		out = le.AppendUint16(out, uint16(len(tags)))
		for _, t := range tags {
			out = le.AppendUint16(out, uint16(t[0]))
			out = le.AppendUint16(out, uint16(t[1]))
			out = le.AppendUint32(out, 1)
			out = le.AppendUint32(out, t[2])
		}
		link = len(out)
		out = le.AppendUint32(out, 0)
	}
	return out
}
