package keypoint

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Layout: Version, a zero byte, then little-endian fields in the order of the struct. Everything is bounded
// on reading, as stored bytes may be damaged.
const (
	mostFeatures  = 4096
	mostPixels    = 1 << 16
	mostBackdrops = 2
)

// MarshalBinary writes the descriptors in the layout of Version.
func (d *Descriptors) MarshalBinary() ([]byte, error) {
	le := binary.LittleEndian
	b := append([]byte(Version), 0, byte(d.kind))
	b = le.AppendUint32(b, uint32(d.w))
	b = le.AppendUint32(b, uint32(d.h))
	b = le.AppendUint32(b, uint32(len(d.features)))
	for i := range d.features {
		f := &d.features[i]
		for _, w := range f.code {
			b = le.AppendUint64(b, w)
		}
		b = le.AppendUint16(b, f.x)
		b = le.AppendUint16(b, f.y)
		b = append(b, f.size, f.angle)
	}
	b = le.AppendUint16(b, uint16(d.thumb.w))
	b = le.AppendUint16(b, uint16(d.thumb.h))
	b = append(b, d.thumb.pix...)
	return d.template.append(b), nil
}

func (t *template) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, uint16(t.w))
	b = le.AppendUint16(b, uint16(t.h))
	for _, v := range [...]float64{t.pose.a, t.pose.b, t.pose.c, t.pose.d, t.pose.e, t.pose.f} {
		b = le.AppendUint64(b, math.Float64bits(v))
	}
	for _, m := range t.mask {
		b = le.AppendUint64(b, m)
	}
	b = append(b, byte(len(t.on)))
	for _, on := range t.on {
		for _, w := range on.code {
			b = le.AppendUint64(b, w)
		}
		for _, v := range on.edges {
			b = append(b, byte(v.x), byte(v.y))
		}
	}
	return b
}

// UnmarshalBinary reads what MarshalBinary wrote. It fails with ErrVersion or ErrCorrupt and then leaves d alone.
func (d *Descriptors) UnmarshalBinary(data []byte) error {
	if len(data) <= len(Version) || string(data[:len(Version)]) != Version || data[len(Version)] != 0 {
		return fmt.Errorf("%w: want %s; describe the asset again", ErrVersion, Version)
	}
	r := &cursor{rest: data[len(Version)+1:]}
	out := Descriptors{kind: Kind(r.byte())}
	out.w, out.h = int(r.uint32()), int(r.uint32())
	if out.kind != Photograph && out.kind != Mark || out.w < 1 || out.h < 1 || max(out.w, out.h) > mostPixels {
		r.failed = true
	}
	n := r.count(int(r.uint32()), mostFeatures, 38)
	out.features = make([]stored, 0, n)
	for range n {
		var f stored
		for i := range f.code {
			f.code[i] = r.uint64()
		}
		f.x, f.y, f.size, f.angle = r.uint16(), r.uint16(), r.byte(), r.byte()
		out.features = append(out.features, f)
	}
	out.thumb.w, out.thumb.h = int(r.uint16()), int(r.uint16())
	out.thumb.pix = append([]byte(nil), r.bytes(r.count(out.thumb.w*out.thumb.h, mostPixels, 1))...)
	out.template.read(r)
	if r.failed || len(r.rest) != 0 || out.enough() != nil || !out.complete() {
		return fmt.Errorf("%w: %d bytes do not hold what they announce", ErrCorrupt, len(data))
	}
	*d = out
	return nil
}

// complete says whether the part that the kind is compared by is there.
func (d *Descriptors) complete() bool {
	if d.kind == Photograph {
		return len(d.thumb.pix) > 0 && len(d.features) <= assetFeatures
	}
	t := &d.template
	s := t.pose.scale()
	return len(t.mask) > 0 && len(t.on) > 0 && s > 1e-6 && s < 1e6
}

func (t *template) read(r *cursor) {
	t.w, t.h = int(r.uint16()), int(r.uint16())
	for _, v := range [...]*float64{&t.pose.a, &t.pose.b, &t.pose.c, &t.pose.d, &t.pose.e, &t.pose.f} {
		*v = math.Float64frombits(r.uint64())
		if math.IsNaN(*v) || math.Abs(*v) > 1e9 {
			r.failed = true
		}
	}
	n := r.count(t.w*t.h, mostPixels, 0)
	t.mask = newBitmap(n)
	for i := range t.mask {
		t.mask[i] = r.uint64()
	}
	for range r.count(int(r.byte()), mostBackdrops, 2*n+signatureBits/8) {
		on := face{edges: make([]vector, 0, n)}
		for i := range on.code {
			on.code[i] = r.uint64()
		}
		raw := r.bytes(2 * n)
		for i := 0; i+1 < len(raw); i += 2 {
			on.edges = append(on.edges, vector{int8(raw[i]), int8(raw[i+1])})
		}
		t.on = append(t.on, on)
	}
}

// cursor reads fields until the bytes run out; then it yields zeros and remembers the failure.
type cursor struct {
	rest   []byte
	failed bool
}

func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > len(c.rest) {
		c.failed = true
		return nil
	}
	b := c.rest[:n]
	c.rest = c.rest[n:]
	return b
}

// count is n, if at most most things of the given size may follow; otherwise zero.
func (c *cursor) count(n, most, size int) int {
	if n < 0 || n > most || n*size > len(c.rest) {
		c.failed = true
		return 0
	}
	return n
}

func (c *cursor) fixed(n int) []byte {
	if b := c.bytes(n); b != nil {
		return b
	}
	return make([]byte, n)
}

func (c *cursor) byte() byte     { return c.fixed(1)[0] }
func (c *cursor) uint16() uint16 { return binary.LittleEndian.Uint16(c.fixed(2)) }
func (c *cursor) uint32() uint32 { return binary.LittleEndian.Uint32(c.fixed(4)) }
func (c *cursor) uint64() uint64 { return binary.LittleEndian.Uint64(c.fixed(8)) }
