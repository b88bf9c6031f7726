package keypoint

import (
	"fmt"
	"testing"
)

func BenchmarkDescribe(b *testing.B) {
	photo, mark := drawPhoto(1, 800, 800), drawMark(1, 480, 190)
	b.Run("photograph", func(b *testing.B) {
		for b.Loop() {
			if _, err := Describe(photo, Photograph); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("mark", func(b *testing.B) {
		for b.Loop() {
			if _, err := Describe(mark, Mark); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	picture := drawPhoto(1, 800, 800)
	for _, kinds := range [][]Kind{{Photograph}, {Mark}, {Photograph, Mark}} {
		ix := NewIndex()
		for _, k := range kinds {
			for i := range 20 {
				img := drawPhoto(uint64(100+i), 400, 400)
				if k == Mark {
					img = drawMark(uint64(i), 400, 160)
				}
				d, err := Describe(img, k)
				if err != nil {
					b.Fatal(err)
				}
				if err := ix.Add(fmt.Sprint(k, i), d); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(fmt.Sprint("kinds", kinds), func(b *testing.B) {
			for b.Loop() {
				ix.Search(picture)
			}
		})
	}
}
