package picture

import (
	"bytes"
	"encoding/binary"
)

// Markers, the byte after 0xff.
const (
	markerSOF0, markerSOF1, markerSOF2 = 0xc0, 0xc1, 0xc2
	markerDHT, markerDQT, markerDRI    = 0xc4, 0xdb, 0xdd
	markerSOI, markerEOI, markerSOS    = 0xd8, 0xd9, 0xda
	markerAPP1, markerAPP14            = 0xe1, 0xee
)

// maxBlockVisits bounds the time of a file with many scans.
const maxBlockVisits = 40_000_000

// jpegDecoder reads baseline and progressive JPEG with Huffman coding and eight
// bits a sample. It is written for files as they are: like the viewers that
// buyers use it goes on after damage and shows what there is.
type jpegDecoder struct {
	*decoder
	w, h        int
	progressive bool
	comps       []*jpegComponent
	hMax, vMax  int
	mcusX       int // units of all components' blocks, across and down
	mcusY       int

	quant       [4][64]int16 // in the order of place
	dc, ac      [4]*huffman
	interval    int // MCUs between restart markers; 0: none
	orientation int
	adobe       int // colour transform of the Adobe marker; -1: no such marker

	bits    jpegBits
	out     *jpegOutput
	visits  int
	done    bool // all of the picture has been read or no more can be
	damaged bool
}

// jpegComponent is a colour plane.
type jpegComponent struct {
	id         byte
	h, v       int // sampling factors
	tq         int
	blocksX    int // padded to whole MCUs
	blocksY    int
	ownX, ownY int // without padding, for scans of this component alone
	coef       []int16
	seen       []bool // of the first component: blocks whose mean is known
	dcTable    *huffman
	acTable    *huffman
	pred       int    // last mean
	plane      []byte // samples of one row of MCUs
	stride     int
}

func decodeJPEG(d *decoder) (*Picture, error) {
	j := &jpegDecoder{decoder: d, orientation: 1, adobe: -1}
	j.dc, j.ac = standardTables()
	j.bits.data = d.data
	if err := j.segments(); err != nil {
		return nil, err
	}
	if j.out == nil {
		return nil, truncated(FormatJPEG, "it ends before its picture begins")
	}
	share := j.finish()
	if share < minShare {
		return nil, truncated(FormatJPEG, "%.0f %% of its picture can be read", share*100)
	}
	return still(j.out.frame, j.w, j.h, j.orientation, j.damaged || share < 1), nil
}

// segments walks the markers. It ends with the picture, or with the data.
func (j *jpegDecoder) segments() error {
	pos := 2
	for !j.done {
		marker, at := nextMarker(j.data, pos)
		if marker == 0 || marker == markerEOI {
			j.damaged = j.damaged || marker == 0
			return nil
		}
		if marker == markerSOI || marker == 1 || isRestart(marker) {
			pos = at
			continue
		}
		if at+2 > len(j.data) {
			j.damaged = true
			return nil
		}
		n := int(binary.BigEndian.Uint16(j.data[at:]))
		if n < 2 {
			j.damaged = true
			pos = at
			continue
		}
		body := j.data[at+2 : max(at+2, min(at+n, len(j.data)))]
		pos = min(at+n, len(j.data))
		if marker == markerSOS {
			if err := j.scan(body, &pos); err != nil {
				return err
			}
			continue
		}
		if err := j.segment(marker, body); err != nil {
			return err
		}
	}
	return nil
}

// nextMarker returns the next marker at or after pos and where its body is; 0
// at the end of the data.
func nextMarker(data []byte, pos int) (byte, int) {
	for pos < len(data) {
		i := bytes.IndexByte(data[pos:], 0xff)
		if i < 0 {
			break
		}
		pos += i + 1
		if pos < len(data) && data[pos] != 0 && data[pos] != 0xff {
			return data[pos], pos + 1
		}
	}
	return 0, len(data)
}

func (j *jpegDecoder) segment(marker byte, body []byte) error {
	switch {
	case marker == markerDQT:
		return j.quantTables(body)
	case marker == markerDHT:
		return j.huffmanTables(body)
	case marker == markerDRI && len(body) >= 2:
		j.interval = int(binary.BigEndian.Uint16(body))
	case marker == markerAPP1 && bytes.HasPrefix(body, []byte("Exif\x00")):
		j.orientation = exifOrientation(body)
	case marker == markerAPP14 && len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")):
		j.adobe = int(body[11])
	case marker == markerSOF0 || marker == markerSOF1 || marker == markerSOF2:
		return j.frameHeader(marker, body)
	case marker >= 0xc3 && marker <= 0xcf && marker != 0xc8 && marker != 0xcc:
		return unsupported("a JPEG", "its coding (lossless, hierarchical or arithmetic, process %d) is not shown by browsers", marker&15)
	}
	return nil
}

func (j *jpegDecoder) quantTables(b []byte) error {
	for len(b) > 0 {
		id, wide := int(b[0]&15), b[0]>>4 != 0
		size := 64
		if wide {
			size = 128
		}
		b = b[1:]
		if id > 3 || len(b) < size {
			return j.broken("a quantisation table is incomplete")
		}
		for k := range 64 {
			if wide {
				j.quant[id][place[k]] = int16(binary.BigEndian.Uint16(b[2*k:]))
			} else {
				j.quant[id][place[k]] = int16(b[k])
			}
		}
		b = b[size:]
	}
	return nil
}

func (j *jpegDecoder) huffmanTables(b []byte) error {
	for len(b) >= 17 {
		class, id := b[0]>>4, int(b[0]&15)
		counts := [16]byte(b[1:17])
		n := 0
		for _, c := range counts {
			n += int(c)
		}
		if err := j.take(8 << 10); err != nil {
			return err
		}
		if class > 1 || id > 3 || n > 256 || len(b) < 17+n {
			return j.broken("a Huffman table is incomplete")
		}
		table := new(huffman)
		if class == 0 {
			j.dc[id] = table
		} else {
			j.ac[id] = table
		}
		if !table.build(counts, b[17:17+n]) {
			return j.broken("a Huffman table has impossible codes")
		}
		b = b[17+n:]
	}
	return nil
}

// broken notes damage to a table. Once there is a picture it is kept as it is;
// before that, nothing good can follow.
func (j *jpegDecoder) broken(what string) error {
	if j.out == nil {
		return corrupt(FormatJPEG, "%s", what)
	}
	j.damaged, j.done = true, true
	return nil
}

// frameHeader reads the size and the sampling of the components.
func (j *jpegDecoder) frameHeader(marker byte, b []byte) error {
	if j.comps != nil {
		return j.broken("it has two frame headers")
	}
	if len(b) < 6 || len(b) < 6+3*int(b[5]) {
		return truncated(FormatJPEG, "its header is incomplete")
	}
	if b[0] != 8 {
		return unsupported("a JPEG", "it has %d bits a sample, browsers show 8", b[0])
	}
	j.progressive = marker == markerSOF2
	j.h, j.w = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	if err := j.checkSize(j.w, j.h); err != nil {
		return err
	}
	n := int(b[5])
	if n != 1 && n != 3 && n != 4 {
		return unsupported("a JPEG", "it has %d colour components", n)
	}
	for i := range n {
		s := b[6+3*i:]
		c := &jpegComponent{id: s[0], h: int(s[1] >> 4), v: int(s[1] & 15), tq: int(s[2]) & 3}
		if n == 1 {
			c.h, c.v = 1, 1 // sampling of a single component means nothing
		}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return corrupt(FormatJPEG, "component %d is sampled %d x %d", i, c.h, c.v)
		}
		j.hMax, j.vMax = max(j.hMax, c.h), max(j.vMax, c.v)
		j.comps = append(j.comps, c)
	}
	j.mcusX, j.mcusY = ceilDiv(j.w, 8*j.hMax), ceilDiv(j.h, 8*j.vMax)
	for _, c := range j.comps {
		c.blocksX, c.blocksY = j.mcusX*c.h, j.mcusY*c.v
		c.ownX = ceilDiv(ceilDiv(j.w*c.h, j.hMax), 8)
		c.ownY = ceilDiv(ceilDiv(j.h*c.v, j.vMax), 8)
	}
	return nil
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
