package picture

import (
	"encoding/binary"
	"image"
	"slices"
)

// gifFrame is one image of a GIF file, found but not decoded.
type gifFrame struct {
	animationFrame
	palette     []byte // RGB triples
	transparent int    // palette index that leaves the canvas as it is, or -1
	interlaced  bool
	data        []byte // code size, then sub-blocks
}

// gifFile is the outline of a GIF file.
type gifFile struct {
	w, h    int
	frames  []gifFrame
	damaged bool
}

// decodeGIF reads GIF 87a and 89a. All frames are composed as viewers do.
func decodeGIF(d *decoder) (*Picture, error) {
	file, err := d.outlineGIF()
	if err != nil {
		return nil, err
	}
	all := make([]animationFrame, len(file.frames))
	for i, f := range file.frames {
		all[i] = f.animationFrame
	}
	a, err := d.newAnimation(file.w, file.h, all)
	if err != nil {
		return nil, err
	}
	damaged, best := file.damaged, 0.0
	painter := &gifPainter{a: a}
	for _, f := range file.frames {
		a.begin(f.animationFrame)
		done := painter.draw(&f)
		damaged = damaged || done < f.region.Dy()
		best = max(best, float64(done)/float64(f.region.Dy()))
		if err := a.end(); err != nil {
			return nil, err
		}
	}
	if best < minShare {
		return nil, truncated(FormatGIF, "%.0f %% of its pixels are there", best*100)
	}
	return a.picture(len(file.frames), damaged), nil
}

// outlineGIF walks the blocks of the file without decoding any image.
func (d *decoder) outlineGIF() (*gifFile, error) {
	r := gifReader{rest: d.data[6:]}
	screen := r.next(7)
	if screen == nil {
		return nil, truncated(FormatGIF, "its header is incomplete")
	}
	file := &gifFile{w: int(binary.LittleEndian.Uint16(screen)), h: int(binary.LittleEndian.Uint16(screen[2:]))}
	global := r.palette(screen[4])
	control := gifFrame{transparent: -1}
	for {
		switch intro := r.next(1); {
		case intro == nil:
			file.damaged = true // no trailer
			return file, d.checkGIF(file)
		case intro[0] == ';':
			return file, d.checkGIF(file)
		case intro[0] == '!':
			r.extension(&control)
		case intro[0] == ',':
			if err := d.take(256); err != nil { // what a frame's outline costs
				return nil, err
			}
			if f, ok := r.image(control, global); ok {
				file.frames = append(file.frames, f)
			}
			control = gifFrame{transparent: -1}
		case intro[0] != 0: // stray zero bytes occur between blocks
			file.damaged = true
			return file, d.checkGIF(file)
		}
	}
}

func (d *decoder) checkGIF(file *gifFile) error {
	if len(file.frames) == 0 {
		return truncated(FormatGIF, "it has no complete image")
	}
	// Some encoders leave the screen empty or smaller than the first image.
	first := file.frames[0].region.Max
	file.w, file.h = max(file.w, first.X), max(file.h, first.Y)
	return d.checkSize(file.w, file.h)
}

// gifReader takes the file apart from front to back.
type gifReader struct{ rest []byte }

// next returns n bytes, or nil when fewer are left.
func (r *gifReader) next(n int) []byte {
	if len(r.rest) < n {
		r.rest = nil
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// palette returns the colour table that flags announce, or nil.
func (r *gifReader) palette(flags byte) []byte {
	if flags&0x80 == 0 {
		return nil
	}
	return r.next(3 << (flags&7 + 1))
}

// skip passes over sub-blocks up to their end or the end of the file.
func (r *gifReader) skip() {
	for {
		n := r.next(1)
		if n == nil || n[0] == 0 || r.next(int(n[0])) == nil {
			return
		}
	}
}

// extension reads a graphic control into control and passes over all others.
func (r *gifReader) extension(control *gifFrame) {
	label := r.next(1)
	const graphicControl = 0xf9
	if label != nil && label[0] == graphicControl && len(r.rest) >= 5 && r.rest[0] == 4 {
		b := r.rest[1:5]
		control.delay = 10 * int(binary.LittleEndian.Uint16(b[1:]))
		control.transparent = -1
		if b[0]&1 != 0 {
			control.transparent = int(b[3])
		}
		switch b[0] >> 2 & 7 {
		case 2:
			control.dispose = disposeClear
		case 3:
			control.dispose = disposeRestore
		default:
			control.dispose = disposeKeep
		}
	}
	r.skip()
}

// image reads an image descriptor; not ok when it is cut off or empty.
func (r *gifReader) image(f gifFrame, global []byte) (gifFrame, bool) {
	b := r.next(9)
	if b == nil {
		return f, false
	}
	x, y := int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:]))
	w, h := int(binary.LittleEndian.Uint16(b[4:])), int(binary.LittleEndian.Uint16(b[6:]))
	f.region = image.Rect(x, y, x+w, y+h)
	f.interlaced = b[8]&0x40 != 0
	if f.palette = r.palette(b[8]); f.palette == nil {
		f.palette = global
	}
	start := r.rest
	if r.next(1) == nil {
		return f, false
	}
	r.skip()
	f.data = start[:len(start)-len(r.rest)]
	return f, w > 0 && h > 0
}

// gifPainter draws frames on the canvas; its buffers serve one after another.
type gifPainter struct {
	a       *animation
	lzw     lzw
	indices []byte // a row of them
	pix     []byte // the same row in colour
}

// draw decodes f and returns how many of its rows there were.
func (p *gifPainter) draw(f *gifFrame) int {
	w, h := f.region.Dx(), f.region.Dy()
	colours := f.colours()
	p.indices = slices.Grow(p.indices[:0], w)[:w]
	p.pix = slices.Grow(p.pix[:0], 4*w)[:4*w]
	p.lzw.start(f.data)
	for row := range h {
		n := p.lzw.read(p.indices)
		for x, v := range p.indices[:n] {
			*(*[4]byte)(p.pix[4*x:]) = colours[v]
		}
		clear(p.pix[4*n:])
		y := row
		if f.interlaced {
			y = interlacedRow(row, h)
		}
		p.a.drawRow(y, p.pix, true)
		if n < w {
			return row
		}
	}
	return h
}

// colours returns the palette as NRGBA; what is not in it is transparent.
func (f *gifFrame) colours() (c [256][4]byte) {
	for i := range len(f.palette) / 3 {
		if i != f.transparent {
			c[i] = [4]byte{f.palette[3*i], f.palette[3*i+1], f.palette[3*i+2], 255}
		}
	}
	return c
}

// interlacedRow returns where the i-th of h stored rows belongs.
func interlacedRow(i, h int) int {
	for _, pass := range [4][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		start, step := pass[0], pass[1]
		n := max(0, (h-start+step-1)/step)
		if i < n {
			return start + i*step
		}
		i -= n
	}
	return h
}
