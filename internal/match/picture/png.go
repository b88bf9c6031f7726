package picture

import (
	"encoding/binary"
	"image"
)

// pngFile is the outline of a PNG file: what its chunks say, undecoded.
type pngFile struct {
	w, h             int
	depth, colour    int // bits a sample; 0 grey, 2 RGB, 3 palette, 4 grey+alpha, 6 RGBA
	interlaced       bool
	palette          []byte // RGB triples
	transparency     []byte // tRNS
	orientation      int
	data             [][]byte // IDAT
	animated         bool     // acTL came before the data
	frames           []pngFrame
	dataIsFirstFrame bool
	complete         bool // IEND was reached
}

// pngFrame is a frame of an animated PNG (APNG).
type pngFrame struct {
	animationFrame
	over bool // lies over the canvas instead of replacing it
	data [][]byte
}

// decodePNG reads PNG and APNG. Checksums are not looked at, and a broken
// stream gives the rows before the break, as in browsers.
func decodePNG(d *decoder) (*Picture, error) {
	file, err := d.outlinePNG()
	if err != nil {
		return nil, err
	}
	if len(file.frames) > 1 {
		return d.composePNG(file)
	}
	if len(file.data) == 0 {
		return nil, truncated(FormatPNG, "it has no picture data")
	}
	fw, fh := frameSize(file.w, file.h)
	frame, err := d.newFrame(fw, fh)
	if err != nil {
		return nil, err
	}
	reader, err := d.newPNGRows(file)
	if err != nil {
		return nil, err
	}
	s, err := d.shrinker(frame, file.w, file.h)
	if err != nil {
		return nil, err
	}
	rows, err := reader.decode(file.data, file.w, file.h, func(_ int, pix []byte) { s.row(pix) })
	if err != nil {
		return nil, err
	}
	s.finish()
	if share := float64(rows) / float64(file.h); share < minShare {
		return nil, truncated(FormatPNG, "%.0f %% of its rows can be read", share*100)
	}
	return still(frame, file.w, file.h, file.orientation, rows < file.h || !file.complete), nil
}

func (d *decoder) composePNG(file *pngFile) (*Picture, error) {
	all := make([]animationFrame, len(file.frames))
	for i, f := range file.frames {
		all[i] = f.animationFrame
	}
	a, err := d.newAnimation(file.w, file.h, all)
	if err != nil {
		return nil, err
	}
	reader, err := d.newPNGRows(file)
	if err != nil {
		return nil, err
	}
	damaged, best := !file.complete, 0.0
	for _, f := range file.frames {
		a.begin(f.animationFrame)
		h := f.region.Dy()
		rows, err := reader.decode(f.data, f.region.Dx(), h, func(y int, pix []byte) { a.drawRow(y, pix, f.over) })
		if err != nil {
			return nil, err
		}
		damaged = damaged || rows < h
		best = max(best, float64(rows)/float64(h))
		if err := a.end(); err != nil {
			return nil, err
		}
	}
	if best < minShare {
		return nil, truncated(FormatPNG, "%.0f %% of its rows can be read", best*100)
	}
	return a.picture(len(file.frames), damaged), nil
}

// outlinePNG walks the chunks of the file.
func (d *decoder) outlinePNG() (*pngFile, error) {
	file := &pngFile{orientation: 1}
	rest := d.data[8:]
	for first := true; len(rest) >= 8; first = false {
		n, kind := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		body := rest[8:min(8+n, int64(len(rest)))]
		rest = rest[min(12+n, int64(len(rest))):]
		if first {
			if kind != "IHDR" {
				return nil, corrupt(FormatPNG, "it begins with the chunk %q instead of IHDR", kind)
			}
			if err := file.header(d, body); err != nil {
				return nil, err
			}
			continue
		}
		if err := d.take(64); err != nil { // what a chunk's outline costs
			return nil, err
		}
		if err := file.chunk(kind, body); err != nil {
			return nil, err
		}
		if file.complete {
			break
		}
	}
	if file.w == 0 {
		return nil, truncated(FormatPNG, "its header is incomplete")
	}
	return file, nil
}

func (f *pngFile) header(d *decoder, b []byte) error {
	if len(b) < 13 {
		return truncated(FormatPNG, "its header is incomplete")
	}
	w, h := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if err := d.checkSize(int(min(w, 1<<31-1)), int(min(h, 1<<31-1))); err != nil {
		return err
	}
	f.w, f.h = int(w), int(h)
	f.depth, f.colour, f.interlaced = int(b[8]), int(b[9]), b[12] == 1
	allowed := map[int]string{0: "\x01\x02\x04\x08\x10", 2: "\x08\x10", 3: "\x01\x02\x04\x08", 4: "\x08\x10", 6: "\x08\x10"}
	for _, depth := range []byte(allowed[f.colour]) {
		if int(depth) == f.depth && b[10] == 0 && b[11] == 0 && b[12] <= 1 {
			return nil
		}
	}
	return corrupt(FormatPNG, "its header asks for colour type %d with %d bits (compression %d, filter %d, interlace %d)", f.colour, f.depth, b[10], b[11], b[12])
}

func (f *pngFile) chunk(kind string, body []byte) error {
	switch kind {
	case "PLTE":
		f.palette = body[:min(len(body)/3*3, 768)]
	case "tRNS":
		f.transparency = body
	case "eXIf":
		f.orientation = exifOrientation(body)
	case "acTL":
		f.animated = len(f.data) == 0
	case "fcTL":
		if f.animated && len(body) >= 26 {
			f.frames = append(f.frames, newPNGFrame(body))
			f.dataIsFirstFrame = f.dataIsFirstFrame || len(f.data) == 0
		}
	case "IDAT":
		f.data = append(f.data, body)
		if f.dataIsFirstFrame && len(f.frames) > 0 {
			f.frames[0].data = f.data
		}
	case "fdAT":
		if n := len(f.frames); n > 0 && len(body) > 4 {
			f.frames[n-1].data = append(f.frames[n-1].data, body[4:])
		}
	case "IEND":
		f.complete = true
	}
	return nil
}

func newPNGFrame(b []byte) pngFrame {
	u32 := func(at int) int { return int(min(binary.BigEndian.Uint32(b[at:]), 1<<30)) }
	w, h, x, y := u32(4), u32(8), u32(12), u32(16)
	num, den := int(binary.BigEndian.Uint16(b[20:])), int(binary.BigEndian.Uint16(b[22:]))
	if den == 0 {
		den = 100
	}
	f := pngFrame{over: b[25] == 1}
	f.region = image.Rect(x, y, x+w, y+h)
	f.delay = num * 1000 / den
	switch b[24] {
	case 1:
		f.dispose = disposeClear
	case 2:
		f.dispose = disposeRestore
	}
	return f
}
