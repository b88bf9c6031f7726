package keypoint

import (
	"bytes"
	"errors"
	"testing"
)

func TestDescriptorsSurviveStorage(t *testing.T) {
	for name, c := range map[string]struct {
		kind Kind
		d    func() (*Descriptors, error)
	}{
		"photograph": {Photograph, func() (*Descriptors, error) { return Describe(drawPhoto(3, 300, 260), Photograph) }},
		"mark":       {Mark, func() (*Descriptors, error) { return Describe(drawMark(3, 300, 120), Mark) }},
	} {
		d, err := c.d()
		if err != nil {
			t.Fatal(name, err)
		}
		data, err := d.MarshalBinary()
		if err != nil {
			t.Fatal(name, err)
		}
		var back Descriptors
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(name, err)
		}
		again, _ := back.MarshalBinary()
		if !bytes.Equal(data, again) || back.Kind() != c.kind {
			t.Errorf("%s: reading and writing again gives other bytes", name)
		}
		for n := range len(data) {
			if n%97 == 0 && !errors.Is(new(Descriptors).UnmarshalBinary(data[:n]), ErrCorrupt) && n > len(Version) {
				t.Fatalf("%s cut to %d bytes was accepted", name, n)
			}
		}
		data[len(Version)-1]++
		if err := back.UnmarshalBinary(data); !errors.Is(err, ErrVersion) {
			t.Errorf("%s of another version: %v", name, err)
		}
	}
}

// FuzzUnmarshal checks that no bytes make descriptors that break an index.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []func() (*Descriptors, error){
		func() (*Descriptors, error) { return Describe(drawPhoto(3, 120, 100), Photograph) },
		func() (*Descriptors, error) { return Describe(drawMark(3, 120, 60), Mark) },
	} {
		d, err := seed()
		if err != nil {
			f.Fatal(err)
		}
		data, _ := d.MarshalBinary()
		f.Add(data)
	}
	picture := drawPhoto(3, 120, 100)
	paste(picture, drawMark(3, 120, 60), 60, 50, 0.6, 0, nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		var d Descriptors
		if d.UnmarshalBinary(data) != nil {
			return
		}
		ix := NewIndex()
		if err := ix.Add("x", &d); err != nil {
			t.Fatal(err)
		}
		for _, m := range ix.Search(picture) {
			if !(m.Score >= 0 && m.Score <= 1) {
				t.Fatalf("score %v", m.Score)
			}
		}
		if !ix.Remove("x") || len(ix.Search(picture)) != 0 {
			t.Fatal("not removed")
		}
	})
}
