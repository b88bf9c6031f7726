package picture

import (
	"bufio"
	"compress/zlib"
	"encoding/binary"
	"image"
	"io"
)

// channels is the number of samples a pixel has, by colour type.
var channels = [7]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

// pngRows turns the deflated data of a file into rows of NRGBA. One serves all
// frames of the file.
type pngRows struct {
	file    *pngFile
	d       *decoder
	chunks  chunkReader
	in      *bufio.Reader
	z       io.ReadCloser
	pix     []byte // the current row in colour
	row     []byte // the same row as stored, after its filter byte
	above   []byte
	colours [256][4]byte
	key     string // samples of the transparent colour
}

func (d *decoder) newPNGRows(f *pngFile) (*pngRows, error) {
	// Rows before and after conversion, inflate's window and tables.
	if err := d.take(int64(f.w)*(4+2*8) + 96<<10); err != nil {
		return nil, err
	}
	r := &pngRows{file: f, d: d, key: f.colourKey()}
	r.in = bufio.NewReaderSize(&r.chunks, 4096)
	size := 1 + (f.w*f.bits()+7)/8
	r.pix, r.row, r.above = make([]byte, 4*f.w), make([]byte, size), make([]byte, size)
	r.palette()
	return r, nil
}

// bits returns the size of a pixel.
func (f *pngFile) bits() int { return f.depth * channels[f.colour] }

// decode inflates a picture of w x h pixels, not wider than the file's, and
// hands its rows to emit from top to bottom. It returns how many there were.
func (r *pngRows) decode(data [][]byte, w, h int, emit func(y int, pix []byte)) (int, error) {
	if w > r.file.w {
		return 0, corrupt(FormatPNG, "a frame is wider than the picture")
	}
	r.chunks.rest = data
	r.in.Reset(&r.chunks)
	var err error
	if r.z == nil {
		r.z, err = zlib.NewReader(r.in)
	} else {
		err = r.z.(zlib.Resetter).Reset(r.in, nil)
	}
	if err != nil {
		return 0, nil // no rows; the caller judges the share
	}
	if r.file.interlaced {
		return r.interlaced(w, h, emit)
	}
	return r.pass(w, h, func(y int) { emit(y, r.pix[:4*w]) }), nil
}

// chunkReader reads chunk bodies one after the other.
type chunkReader struct {
	rest  [][]byte
	chunk []byte
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.chunk) == 0 {
		if len(r.rest) == 0 {
			return 0, io.EOF
		}
		r.chunk, r.rest = r.rest[0], r.rest[1:]
	}
	n := copy(p, r.chunk)
	r.chunk = r.chunk[n:]
	return n, nil
}

// pass reads a picture, or one pass of an interlaced one, row by row.
func (r *pngRows) pass(w, h int, done func(y int)) int {
	bits := r.file.bits()
	size := 1 + (w*bits+7)/8
	row, above := r.row[:size], r.above[:size]
	clear(above)
	for y := range h {
		if _, err := io.ReadFull(r.z, row); err != nil {
			return y
		}
		if !unfilter(row[0], row[1:], above[1:], max(1, bits/8)) {
			return y
		}
		r.expand(row[1:], w)
		done(y)
		row, above = above, row
	}
	return h
}

// interlaced reads the seven passes of Adam7 and then emits all rows. A break
// leaves the pixels of later passes transparent.
func (r *pngRows) interlaced(w, h int, emit func(y int, pix []byte)) (int, error) {
	whole, err := r.d.newFrame(w, h)
	if err != nil {
		return 0, err
	}
	read, total := 0, 0
	broken := false
	for _, p := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		x0, y0, dx, dy := p[0], p[1], p[2], p[3]
		pw, ph := (w-x0+dx-1)/dx, (h-y0+dy-1)/dy
		if pw <= 0 || ph <= 0 {
			continue
		}
		total += pw * ph
		if broken {
			continue
		}
		n := r.pass(pw, ph, func(y int) { scatter(whole, y0+y*dy, x0, dx, r.pix[:4*pw]) })
		read += pw * n
		broken = n < ph
	}
	for y := range h {
		emit(y, whole.Pix[y*whole.Stride:][:4*w])
	}
	r.d.left += int64(len(whole.Pix)) // garbage now
	return read * h / total, nil
}

// scatter puts pixels of a pass where they belong in row y.
func scatter(dst *image.NRGBA, y, x, dx int, pix []byte) {
	row := dst.Pix[y*dst.Stride:]
	for i := 0; i < len(pix); i += 4 {
		copy(row[4*x:4*x+4], pix[i:i+4])
		x += dx
	}
}

// unfilter undoes the prediction of a row; false when its kind is unknown. Each
// channel, bpp bytes from one value to the next, goes by itself.
func unfilter(kind byte, row, above []byte, bpp int) bool {
	above = above[:len(row)]
	switch kind {
	case 0:
	case 1:
		for channel := range min(bpp, len(row)) {
			left := byte(0)
			for i := channel; i < len(row); i += bpp {
				left += row[i]
				row[i] = left
			}
		}
	case 2:
		addBytes(row, above)
	case 3:
		for channel := range min(bpp, len(row)) {
			left := 0
			for i := channel; i < len(row); i += bpp {
				row[i] += uint8((left + int(above[i])) / 2)
				left = int(row[i])
			}
		}
	case 4:
		for channel := range min(bpp, len(row)) {
			left, corner := 0, 0
			for i := channel; i < len(row); i += bpp {
				up := int(above[i])
				row[i] += uint8(paeth(left, up, corner))
				left, corner = int(row[i]), up
			}
		}
	default:
		return false
	}
	return true
}

// addBytes adds each byte of b to that of a, eight at once: the highest bits
// apart, so that nothing is carried from one byte to the next.
func addBytes(a, b []byte) {
	const tops = 0x8080808080808080
	for ; len(a) >= 8 && len(b) >= 8; a, b = a[8:], b[8:] {
		x, y := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		binary.LittleEndian.PutUint64(a, (x&^tops+y&^tops)^(x^y)&tops)
	}
	for i, v := range b {
		a[i] += v
	}
}

// paeth returns that of left, up and corner which is nearest to left+up-corner.
func paeth(left, up, corner int) int {
	pl, pu := up-corner, left-corner
	pc := pl + pu
	pl, pu, pc = max(pl, -pl), max(pu, -pu), max(pc, -pc)
	if pu < pl {
		left, pl = up, pu
	}
	if pc < pl {
		left = corner
	}
	return left
}

// palette prepares the colours of index and low-depth grey values.
func (r *pngRows) palette() {
	f := r.file
	if f.colour == 0 && f.depth <= 8 {
		top := 1<<f.depth - 1
		for v := range top + 1 {
			g := uint8(v * 255 / top)
			r.colours[v] = [4]byte{g, g, g, 255}
		}
		if t := f.transparency; len(t) >= 2 && t[0] == 0 && int(t[1]) <= top {
			r.colours[t[1]][3] = 0
		}
		return
	}
	for i := range r.colours {
		r.colours[i] = [4]byte{0, 0, 0, 255} // as in browsers for what is not in the palette
		if 3*i+2 < len(f.palette) {
			copy(r.colours[i][:3], f.palette[3*i:])
		}
		if i < len(f.transparency) && f.colour == 3 {
			r.colours[i][3] = f.transparency[i]
		}
	}
}

// expand turns a row of samples into w pixels of pix. Of 16-bit samples the
// upper half is kept.
func (r *pngRows) expand(row []byte, w int) {
	f := r.file
	if (f.colour == 0 || f.colour == 3) && f.depth <= 8 {
		r.expandIndexed(row, w)
		return
	}
	switch {
	case r.key != "" || f.depth != 8:
	case f.colour == 6:
		copy(r.pix, row[:4*w])
		return
	case f.colour == 2:
		for pix := r.pix[:4*w]; len(pix) >= 4 && len(row) >= 3; pix, row = pix[4:], row[3:] {
			binary.LittleEndian.PutUint32(pix, uint32(row[0])|uint32(row[1])<<8|uint32(row[2])<<16|0xff<<24)
		}
		return
	}
	step := f.depth / 8
	for x := range w {
		p := r.pix[4*x:][:4:4]
		s := row[x*step*channels[f.colour]:]
		switch f.colour {
		case 0:
			p[0], p[1], p[2], p[3] = s[0], s[0], s[0], 255
		case 4:
			p[0], p[1], p[2], p[3] = s[0], s[0], s[0], s[step]
		case 2:
			p[0], p[1], p[2], p[3] = s[0], s[step], s[2*step], 255
		case 6:
			p[0], p[1], p[2], p[3] = s[0], s[step], s[2*step], s[3*step]
		}
		if r.key != "" && string(s[:len(r.key)]) == r.key {
			p[3] = 0
		}
	}
}

// colourKey returns the samples of the one colour that is transparent, if any.
func (f *pngFile) colourKey() string {
	n := channels[f.colour]
	if (f.colour != 0 && f.colour != 2) || len(f.transparency) < 2*n {
		return ""
	}
	var key []byte
	for c := range n {
		if f.depth == 16 {
			key = append(key, f.transparency[2*c])
		}
		key = append(key, f.transparency[2*c+1])
	}
	return string(key)
}

func (r *pngRows) expandIndexed(row []byte, w int) {
	depth := r.file.depth
	if depth == 8 {
		for x, v := range row[:w] {
			*(*[4]byte)(r.pix[4*x:]) = r.colours[v]
		}
		return
	}
	perByte, mask := 8/depth, byte(1<<depth-1)
	for x := range w {
		shift := (perByte - 1 - x%perByte) * depth
		*(*[4]byte)(r.pix[4*x:]) = r.colours[row[x/perByte]>>shift&mask]
	}
}
