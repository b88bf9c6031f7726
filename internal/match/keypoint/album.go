package keypoint

import (
	"math/bits"
	"slices"
	"unsafe"
)

// photo is a photograph as the index keeps it, in less than half the space of its Descriptors. The first words of its codes
// are in the inverted file only; the bits that belong to the key say where. Of the last words there are no others: three
// words tell photographs apart as well as four (docs/recognition.md).
type photo struct {
	w, h   int32    // the asset picture in pixels
	words  []uint64 // photoWords a feature: the second and third word of its code, and its place
	thumb  []byte   // in blocks, see packThumb
	tw, th int32
}

const photoWords = 3

func newPhoto(d *Descriptors) photo {
	p := photo{w: int32(d.w), h: int32(d.h), tw: int32(d.thumb.w), th: int32(d.thumb.h)}
	p.words = make([]uint64, 0, photoWords*len(d.features))
	for i := range d.features {
		f := &d.features[i]
		place := uint64(f.x) | uint64(f.y)<<16 | uint64(f.size)<<32 | uint64(f.angle)<<40 | f.code[0]&keyMask<<48 | f.code[3]&keyMask<<56
		p.words = append(p.words, f.code[1], f.code[2], place)
	}
	p.thumb = packThumb(d.thumb)
	return p
}

func (p *photo) len() int { return len(p.words) / photoWords }

// stored is a feature with no more of the first and the last word of its code than belongs to the key.
func (p *photo) stored(i int) stored {
	w := p.words[photoWords*i : photoWords*i+photoWords]
	v := w[2]
	return stored{code: code{v >> 48 & keyMask, w[0], w[1], v >> 56}, x: uint16(v), y: uint16(v >> 16), size: uint8(v >> 32), angle: uint8(v >> 40)}
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

// distanceStored is that of the first three words of a code, of which sign bits of the first are known to differ, to those of
// a feature, whose words are given.
func distanceStored(words []uint64, sign int, c *code) int {
	return ofFour(sign + bits.OnesCount64(c[1]^words[0]) + bits.OnesCount64(c[2]^words[1]))
}

// ofFour estimates from three words how many bits of four differ.
func ofFour(three int) int { return (4*three + 1) / 3 }

// distanceKept is ofFour of the words that are kept of an asset's feature, whose code is own under reading r.
func (c *code) distanceKept(own *code, r reading) int {
	if r == flipped { // the last word has become the third
		return ofFour(bits.OnesCount64(c[0]^own[0]) + bits.OnesCount64(c[1]^own[1]) + bits.OnesCount64(c[3]^own[3]))
	}
	return ofFour(bits.OnesCount64(c[0]^own[0]) + bits.OnesCount64(c[1]^own[1]) + bits.OnesCount64(c[2]^own[2]))
}

// unpack fills d with what Describe said of a photograph, but for the last words of the codes and what was rounded.
func (s *shelf) unpack(slot uint32, d *Descriptors) {
	p := &s.assets[slot].photo
	d.kind, d.w, d.h = Photograph, int(p.w), int(p.h)
	d.features = d.features[:0]
	for i := range p.len() {
		d.features = append(d.features, p.stored(i))
	}
	s.sign(slot, d.features)
	d.thumb.w, d.thumb.h = int(p.tw), int(p.th)
	if n := d.thumb.w * d.thumb.h; cap(d.thumb.pix) < n {
		d.thumb.pix = make([]uint8, n)
	} else {
		d.thumb.pix = d.thumb.pix[:n]
	}
	unpackThumb(d.thumb, p.thumb)
}

// sign gives the features of a photograph the first words of their codes, which are in the inverted file only. It asks for all
// lists before it looks into the first, and for all words before it reads the first.
func (s *shelf) sign(slot uint32, features []stored) {
	at := make([]*uint64, len(features))
	for i := range features {
		if _, refs := s.posts.list(features[i].code.key()); len(refs) > 0 {
			fetch(unsafe.Pointer(&refs[0]), 4*len(refs))
		}
	}
	for i := range features {
		signs, refs := s.posts.list(features[i].code.key())
		k := slices.Index(refs, reference(slot, i))
		if k < 0 {
			panic("keypoint: the inverted file has lost a feature")
		}
		at[i] = &signs[k]
		fetch(unsafe.Pointer(at[i]), 8)
	}
	for i := range features {
		features[i].code[0] = *at[i]
	}
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
