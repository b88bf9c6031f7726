package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/vp8"
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

// decodeWebP reads lossy, lossless and animated WebP. Lossy colours are decoded
// by golang.org/x/image; container, sizes, alpha and lossless images are ours.
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
	if err := d.checkSize(w, h); err != nil {
		return nil, err
	}
	frame, err := d.newFrame(frameSize(w, h))
	if err != nil {
		return nil, err
	}
	s, err := d.shrinker(frame, w, h)
	if err != nil {
		return nil, err
	}
	share, err := d.newWebPPainter().draw(file.body, w, h, func(_ int, pix []byte) { s.row(pix) })
	if err != nil {
		return nil, err
	}
	s.finish()
	if share < minShare {
		return nil, truncated(FormatWebP, "%.0f %% of its picture can be read", share*100)
	}
	return still(frame, w, h, file.orientation, file.damaged || share < 1), nil
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
	damaged, best := file.damaged, 0.0
	painter := d.newWebPPainter()
	for _, f := range file.frames {
		a.begin(f.animationFrame)
		share, err := painter.draw(f.body, f.region.Dx(), f.region.Dy(), func(y int, pix []byte) { a.drawRow(y, pix, f.over) })
		best = max(best, share)
		damaged = damaged || err != nil || share < 1
		if err := a.end(); err != nil {
			return nil, err
		}
	}
	if best < minShare {
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

// webpPainter decodes coded images; its memory serves one after another.
type webpPainter struct {
	*decoder
	lossless lossless
	plane    store[byte] // alpha
}

func (d *decoder) newWebPPainter() *webpPainter {
	return &webpPainter{decoder: d, lossless: lossless{decoder: d}}
}

// draw hands the rows of a coded image, which must have w x h pixels, to
// emit and returns the share of it that could be decoded.
func (p *webpPainter) draw(m webpImage, w, h int, emit func(y int, pix []byte)) (share float64, err error) {
	gotW, gotH, err := m.size()
	if err != nil {
		return 0, err
	}
	if gotW != w || gotH != h {
		return 0, corrupt(FormatWebP, "a frame of %d x %d holds an image of %d x %d pixels", w, h, gotW, gotH)
	}
	if err := p.checkSize(w, h); err != nil {
		return 0, err
	}
	if m.kind == "VP8L" {
		rows, err := p.lossless.decode(m.data[5:], w, h, emit)
		return float64(rows) / float64(h), err
	}
	return p.drawLossy(m, w, h, emit)
}

// drawLossy has golang.org/x/image decode the colours; alpha is our own.
func (p *webpPainter) drawLossy(m webpImage, w, h int, emit func(y int, pix []byte)) (share float64, err error) {
	// 4:2:0 planes and the loop filter's notes, the data once more, a row
	need := int64(w+15)*int64(h+15)*2 + int64(len(m.data)) + 4*int64(w) + 1<<16
	if err := p.take(need); err != nil {
		return 0, err
	}
	defer func() { p.left += need }() // garbage then
	v := vp8.NewDecoder()
	v.Init(bytes.NewReader(m.data), len(m.data))
	if _, err := v.DecodeFrameHeader(); err != nil {
		return 0, corrupt(FormatWebP, "%v", err)
	}
	colours, err := v.DecodeFrame()
	if err != nil {
		return 0, corrupt(FormatWebP, "%v", err)
	}
	if m.alpha == nil {
		eachRow(colours, emit)
		return 1, nil
	}
	img := &image.NYCbCrA{YCbCr: *colours, AStride: w}
	var rows int
	if img.A, rows, err = p.alphaPlane(m.alpha, w, h); err != nil {
		return 0, err
	}
	eachRow(img, emit)
	return max(minShare, float64(rows)/float64(h)), nil // the colours are all there
}

// alphaPlane decodes the body of an ALPH chunk and returns how many of its rows
// there are. The others are opaque, since what hides must not be lost.
func (p *webpPainter) alphaPlane(b []byte, w, h int) ([]byte, int, error) {
	p.plane.lent = 0
	plane, err := p.plane.get(w*h, p.decoder)
	if err != nil {
		return nil, 0, err
	}
	for i := range plane {
		plane[i] = 255
	}
	if len(b) == 0 {
		return plane, 0, nil
	}
	rows, filter := 0, b[0]>>2&3
	switch b[0] & 3 {
	case 0:
		rows = min(copy(plane, b[1:])/w, h)
	case 1:
		if rows, err = p.lossless.decode(b[1:], w, h, func(y int, pix []byte) {
			for x := range w {
				plane[y*w+x] = pix[4*x+1]
			}
		}); err != nil {
			return nil, 0, err
		}
	}
	for y := range rows {
		unfilterAlpha(filter, plane[y*w:][:w], plane[max(0, y-1)*w:][:w], y == 0)
	}
	return plane, rows, nil
}

// unfilterAlpha undoes the prediction of a row: 1 from the left, 2 from above,
// 3 from both less the corner. The first pixel always goes by the one above it,
// the first row by the left.
func unfilterAlpha(filter byte, row, above []byte, first bool) {
	if filter == 0 {
		return
	}
	if first {
		filter = 1
	} else {
		row[0] += above[0]
	}
	for x := 1; x < len(row); x++ {
		switch filter {
		case 1:
			row[x] += row[x-1]
		case 2:
			row[x] += above[x]
		case 3:
			row[x] += uint8(min(max(int(row[x-1])+int(above[x])-int(above[x-1]), 0), 255))
		}
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
