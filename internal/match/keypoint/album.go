package keypoint

import (
	"encoding/binary"
	"math/bits"
)

// photo is a photograph as the index keeps it, in half the space of its Descriptors. The first words of its codes are in
// the inverted file only; the low bits that belong to the key say where.
type photo struct {
	w, h   int32    // the asset picture in pixels
	codes  []uint64 // keptWords a feature
	places []byte   // placeSize a feature
	thumb  []byte   // in blocks, see packThumb
	tw, th int32
}

const (
	keptWords = 3
	placeSize = 6
	sideSteps = 1<<13 - 1 // of the longer side, in a place
)

func newPhoto(d *Descriptors) photo {
	p := photo{w: int32(d.w), h: int32(d.h), tw: int32(d.thumb.w), th: int32(d.thumb.h)}
	p.codes = make([]uint64, 0, keptWords*len(d.features))
	p.places = make([]byte, 0, placeSize*len(d.features))
	for i := range d.features {
		f := &d.features[i]
		p.codes = append(p.codes, f.code[1], f.code[2], f.code[3])
		v := uint64(f.x>>3) | uint64(f.y>>3)<<13 | uint64(f.size)<<26 | uint64(f.angle)<<34 | f.code[0]&keyMask<<42
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], v)
		p.places = append(p.places, b[:placeSize]...)
	}
	p.thumb = packThumb(d.thumb)
	return p
}

func (p *photo) len() int { return len(p.places) / placeSize }

func (p *photo) packed(i int) uint64 {
	b := p.places[placeSize*i : placeSize*i+placeSize : placeSize*i+placeSize]
	return uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
}

// stored is a feature without the first word of its code.
func (p *photo) stored(i int) stored {
	v := p.packed(i)
	c := p.codes[keptWords*i : keptWords*i+keptWords]
	return stored{code: code{v >> 42, c[0], c[1], c[2]},
		x: uint16(v&sideSteps)<<3 | 4, y: uint16(v>>13&sideSteps)<<3 | 4, size: uint8(v >> 26), angle: uint8(v >> 34)}
}

// keys are those of all its features.
func (p *photo) keys() []uint32 {
	out := make([]uint32, p.len())
	for i := range out {
		f := p.stored(i)
		out[i] = f.code.key()
	}
	return out
}

// rest is how many bits of the last three words of a code differ from those of a feature.
func (p *photo) rest(i int, c *code) int {
	k := p.codes[keptWords*i : keptWords*i+keptWords : keptWords*i+keptWords]
	return bits.OnesCount64(c[1]^k[0]) + bits.OnesCount64(c[2]^k[1]) + bits.OnesCount64(c[3]^k[2])
}

// unpack fills d with what Describe said of a photograph, but for what was rounded. The features are d's own again.
func (s *shelf) unpack(slot uint32, d *Descriptors) {
	p := &s.assets[slot].photo
	d.kind, d.w, d.h = Photograph, int(p.w), int(p.h)
	d.features = d.features[:0]
	for i := range p.len() {
		f := p.stored(i)
		f.code[0] = s.sign(f.code.key(), reference(slot, i))
		d.features = append(d.features, f)
	}
	d.thumb.w, d.thumb.h = int(p.tw), int(p.th)
	if n := d.thumb.w * d.thumb.h; cap(d.thumb.pix) < n {
		d.thumb.pix = make([]uint8, n)
	} else {
		d.thumb.pix = d.thumb.pix[:n]
	}
	unpackThumb(d.thumb, p.thumb)
}

// sign is the first word of the feature that is in the list of a key.
func (s *shelf) sign(key, ref uint32) uint64 {
	signs, refs := s.posts.list(key)
	for i, r := range refs {
		if r == ref {
			return signs[i]
		}
	}
	panic("keypoint: the inverted file has lost a feature")
}

// A small copy is kept in blocks of 8 x 8 pixels: the least brightness, the range, and for each pixel a sixteenth of
// the range in four bits. It errs by a thirtieth of the contrast of its block, which its correlation hardly feels.
const thumbBlock = 2 + blockSide*blockSide/2

func packThumb(p plane) []byte {
	across, down := (p.w+blockSide-1)/blockSide, (p.h+blockSide-1)/blockSide
	out := make([]byte, 0, across*down*thumbBlock)
	for by := 0; by < p.h; by += blockSide {
		for bx := 0; bx < p.w; bx += blockSide {
			least, most := uint8(255), uint8(0)
			right, low := min(bx+blockSide, p.w), min(by+blockSide, p.h)
			for y := by; y < low; y++ {
				for _, v := range p.row(y)[bx:right] {
					least, most = min(least, v), max(most, v)
				}
			}
			span := uint32(most - least)
			out = append(out, least, uint8(span))
			block := [blockSide * blockSide / 2]byte{}
			for y := by; y < low; y++ {
				for x, v := range p.row(y)[bx:right] {
					q := (uint32(v-least)*15 + span/2) / max(1, span)
					block[((y-by)*blockSide+x)/2] |= uint8(q << (4 * (x & 1)))
				}
			}
			out = append(out, block[:]...)
		}
	}
	return out
}

func unpackThumb(p plane, packed []byte) {
	for by := 0; by < p.h; by += blockSide {
		for bx := 0; bx < p.w; bx += blockSide {
			var shade [16]uint8
			for q := range shade {
				shade[q] = packed[0] + uint8((uint32(q)*uint32(packed[1])+7)/15)
			}
			block := packed[2:thumbBlock]
			for y := by; y < min(by+blockSide, p.h); y++ {
				row := p.row(y)[bx:min(bx+blockSide, p.w)]
				for x := range row {
					row[x] = shade[block[((y-by)*blockSide+x)/2]>>(4*(x&1))&15]
				}
			}
			packed = packed[thumbBlock:]
		}
	}
}
