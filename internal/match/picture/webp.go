package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/webp"
)

// webpFile is the outline of a WebP file.
type webpFile struct {
	w, h        int // of the canvas; zero without a VP8X chunk
	orientation int
	body        webpImage // of a still picture
	frames      []webpFrame
	damaged     bool
}

// webpImage is one coded image: its chunks as they stand in the file.
type webpImage struct {
	alpha []byte // body of ALPH
	kind  string // "VP8 " or "VP8L"
	data  []byte
}

type webpFrame struct {
	animationFrame
	over bool
	body webpImage
}

// decodeWebP reads lossy, lossless and animated WebP. The coded images are
// decoded by golang.org/x/image; sizes, the container and animation are ours.
func decodeWebP(d *decoder) (*Picture, error) {
	file, err := d.outlineWebP()
	if err != nil {
		return nil, err
	}
	if len(file.frames) > 0 {
		return d.composeWebP(file)
	}
	w, h, err := file.body.size()
	if err != nil {
		return nil, err
	}
	img, err := d.openWebP(file.body, w, h)
	if err != nil {
		return nil, err
	}
	frame, err := d.shrinkImage(img)
	if err != nil {
		return nil, err
	}
	return still(frame, w, h, file.orientation, file.damaged), nil
}

func (d *decoder) composeWebP(file *webpFile) (*Picture, error) {
	all := make([]animationFrame, len(file.frames))
	for i, f := range file.frames {
		all[i] = f.animationFrame
	}
	if err := d.checkSize(file.w, file.h); err != nil {
		return nil, err
	}
	a, err := d.newAnimation(file.w, file.h, all)
	if err != nil {
		return nil, err
	}
	damaged, drawn := file.damaged, 0
	for _, f := range file.frames {
		a.begin(f.animationFrame)
		before := d.left
		img, err := d.openWebP(f.body, f.region.Dx(), f.region.Dy())
		if err == nil {
			drawn++
			eachRow(img, func(y int, pix []byte) { a.drawRow(y, pix, f.over) })
		}
		d.left = before // the image is garbage now
		damaged = damaged || err != nil
		if err := a.end(); err != nil {
			return nil, err
		}
	}
	if drawn == 0 {
		return nil, corrupt(FormatWebP, "none of its %d frames can be decoded", len(file.frames))
	}
	return a.picture(len(file.frames), damaged), nil
}

// outlineWebP walks the chunks of the file.
func (d *decoder) outlineWebP() (*webpFile, error) {
	file := &webpFile{orientation: 1}
	for r := (riffReader{rest: d.data[12:]}); ; {
		kind, body, whole := r.next()
		if kind == "" {
			break
		}
		file.damaged = file.damaged || !whole
		if err := d.take(256); err != nil { // what a chunk's outline costs
			return nil, err
		}
		switch kind {
		case "VP8X":
			if len(body) < 10 {
				return nil, truncated(FormatWebP, "its header is incomplete")
			}
			file.w, file.h = u24(body[4:])+1, u24(body[7:])+1
		case "EXIF":
			file.orientation = exifOrientation(body)
		case "ANMF":
			if f, ok := newWebPFrame(body); ok {
				file.frames = append(file.frames, f)
			}
		default:
			file.body.chunk(kind, body)
		}
	}
	return file, nil
}

func newWebPFrame(b []byte) (webpFrame, bool) {
	if len(b) < 16 {
		return webpFrame{}, false
	}
	x, y, w, h := 2*u24(b), 2*u24(b[3:]), u24(b[6:])+1, u24(b[9:])+1
	f := webpFrame{over: b[15]&2 == 0}
	f.region = image.Rect(x, y, x+w, y+h)
	f.delay = u24(b[12:])
	if b[15]&1 != 0 {
		f.dispose = disposeClear
	}
	for r := (riffReader{rest: b[16:]}); ; {
		kind, body, _ := r.next()
		if kind == "" {
			return f, true
		}
		f.body.chunk(kind, body)
	}
}

// chunk notes a chunk that belongs to a coded image; the first one counts.
func (m *webpImage) chunk(kind string, body []byte) {
	switch {
	case kind == "ALPH" && m.alpha == nil && m.kind == "":
		m.alpha = body
	case (kind == "VP8 " || kind == "VP8L") && m.kind == "":
		m.kind, m.data = kind, body
	}
}

// size reads width and height from the coded image itself.
func (m *webpImage) size() (int, int, error) {
	b := m.data
	switch {
	case m.kind == "VP8 " && len(b) >= 10:
		if b[0]&1 != 0 || string(b[3:6]) != "\x9d\x01\x2a" {
			return 0, 0, corrupt(FormatWebP, "it does not begin with a key frame")
		}
		return int(binary.LittleEndian.Uint16(b[6:])) & 0x3fff, int(binary.LittleEndian.Uint16(b[8:])) & 0x3fff, nil
	case m.kind == "VP8L" && len(b) >= 5:
		if b[0] != 0x2f {
			return 0, 0, corrupt(FormatWebP, "its lossless data lacks the signature")
		}
		v := binary.LittleEndian.Uint32(b[1:])
		return int(v&0x3fff) + 1, int(v>>14&0x3fff) + 1, nil
	}
	return 0, 0, truncated(FormatWebP, "it has no picture data")
}

// openWebP decodes a coded image that must have w x h pixels.
func (d *decoder) openWebP(m webpImage, w, h int) (image.Image, error) {
	gotW, gotH, err := m.size()
	if err != nil {
		return nil, err
	}
	if gotW != w || gotH != h {
		return nil, corrupt(FormatWebP, "a frame of %d x %d holds an image of %d x %d pixels", w, h, gotW, gotH)
	}
	if err := d.checkSize(w, h); err != nil {
		return nil, err
	}
	area := int64(w+15) * int64(h+15)
	perPixel := int64(2) // 4:2:0 planes and the loop filter's notes
	if m.kind == "VP8L" {
		perPixel = 8 // pixels before and after the last transform
	} else if m.alpha != nil {
		perPixel = 2 + 9 // alpha is coded as another lossless image
	}
	if err := d.take(area*perPixel + int64(len(m.data)+len(m.alpha)) + 1<<16); err != nil {
		return nil, err
	}
	img, err := webp.Decode(bytes.NewReader(m.file(w, h)))
	if err != nil {
		return nil, corrupt(FormatWebP, "%v", err)
	}
	if b := img.Bounds(); b.Dx() != w || b.Dy() != h {
		return nil, corrupt(FormatWebP, "its parts disagree about its size")
	}
	return img, nil
}

// file writes the coded image as a WebP file of its own.
func (m *webpImage) file(w, h int) []byte {
	var b bytes.Buffer
	b.Grow(len(m.data) + len(m.alpha) + 64)
	b.WriteString("RIFF\x00\x00\x00\x00WEBP")
	if m.alpha != nil && m.kind == "VP8 " {
		const hasAlpha = 0x10
		x := []byte{hasAlpha, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
		writeRIFF(&b, "VP8X", x)
		writeRIFF(&b, "ALPH", m.alpha)
	}
	writeRIFF(&b, m.kind, m.data)
	out := b.Bytes()
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func writeRIFF(b *bytes.Buffer, kind string, body []byte) {
	b.WriteString(kind)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(body))))
	b.Write(body)
	if len(body)%2 == 1 {
		b.WriteByte(0)
	}
}

// riffReader takes chunks from a RIFF body.
type riffReader struct{ rest []byte }

// next returns the next chunk and whether it is all there; no kind at the end.
func (r *riffReader) next() (kind string, body []byte, whole bool) {
	if len(r.rest) < 8 {
		return "", nil, false
	}
	kind = string(r.rest[:4])
	n := int64(binary.LittleEndian.Uint32(r.rest[4:]))
	have := int64(len(r.rest)) - 8
	body = r.rest[8 : 8+min(n, have)]
	r.rest = r.rest[8+min(n+n%2, have):]
	return kind, body, n <= have
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
