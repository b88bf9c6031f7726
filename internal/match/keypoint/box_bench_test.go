package keypoint

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkBoxes(b *testing.B) {
	q := newQuery(drawPhoto(1, 800, 800), [Mark + 1]bool{Mark: true})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			q.boxes()
		}
	})
	b.Run("sign", func(b *testing.B) {
		places := make([]sight, mostBoxes)
		for i := range places {
			places[i].window = (&box{x: 300, y: 300, w: 90, h: 60}).window(coderFill)
		}
		for b.Loop() {
			q.sign(places)
		}
	})
	b.Run("nearest of 40,000 to 16", func(b *testing.B) {
		var r roster
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range 40_000 {
			var f face
			for k := range f.code {
				f.code[k] = rng.Uint64()
			}
			r.add(uint32(i), []face{f})
		}
		var codes [mostBoxes]signature
		for i := range codes {
			codes[i] = r.get(77 * i)
		}
		for b.Loop() {
			r.nearest(codes[:], make([]box, mostBoxes))
		}
	})
}

func BenchmarkQuery(b *testing.B) {
	img := drawPhoto(1, 800, 800)
	b.Run("mark", func(b *testing.B) {
		for b.Loop() {
			newQuery(img, [Mark + 1]bool{Mark: true}).release()
		}
	})
	b.Run("photograph", func(b *testing.B) {
		for b.Loop() {
			newQuery(img, [Mark + 1]bool{Photograph: true}).release()
		}
	})
}
