//go:build ignore

// Gen writes ../lookalikes.txt: which Hanzi look alike, seen in the fonts that
// are named as arguments (FILE or FILE:INDEX). Each line is a Hanzi followed
// by pairs of a Hanzi and a digit, the cost of taking one for the other in
// tenths. Only GB 2312 is compared. Run from internal/match/ocr:
//
//	go run gen/main.go /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc:2 /usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf
package main

import (
	"bufio"
	"fmt"
	"image"
	"log"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	side    = 20   // a letter is compared as side x side grey pixels
	strange = 0.60 // cosine at and below which two letters are nothing alike
	most    = 6    // tenths; dearer pairs are left out
)

func main() {
	log.SetFlags(0)
	letters := gb2312()
	var all [][]float32
	for _, name := range os.Args[1:] {
		all = append(all, pictures(name, letters)...)
	}
	fonts := len(os.Args) - 1
	if fonts == 0 {
		log.Fatal("name a font")
	}
	f, err := os.Create("lookalikes.txt")
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for i, a := range letters {
		var alike strings.Builder
		for j := i + 1; j < len(letters); j++ {
			cos := 0.0
			for k := range fonts {
				if k > 0 && cos < 0.6/float64(fonts) {
					break // too strange in the first font
				}
				cos += dot(all[k*len(letters)+i], all[k*len(letters)+j]) / float64(fonts)
			}
			if cost := int(math.Round(10 * (1 - cos) / (1 - strange))); cost <= most {
				fmt.Fprintf(&alike, "%c%d", letters[j], max(cost, 1))
			}
		}
		if alike.Len() > 0 {
			fmt.Fprintf(w, "%c%s\n", a, alike.String())
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

func gb2312() []rune {
	var out []rune
	d := simplifiedchinese.GBK.NewDecoder()
	for hi := 0xB0; hi <= 0xF7; hi++ {
		for lo := 0xA1; lo <= 0xFE; lo++ {
			b, err := d.Bytes([]byte{byte(hi), byte(lo)})
			if r := []rune(string(b)); err == nil && len(r) == 1 && unicode.Is(unicode.Han, r[0]) {
				out = append(out, r[0])
			}
		}
	}
	return out
}

// pictures are the letters in one font, blurred, without mean, of length 1.
func pictures(name string, letters []rune) [][]float32 {
	file, index, _ := strings.Cut(name, ":")
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	fonts, err := opentype.ParseCollection(data)
	if err != nil {
		log.Fatal(err)
	}
	n, _ := strconv.Atoi(index)
	parsed, err := fonts.Font(n)
	if err != nil {
		log.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 32, DPI: 72})
	if err != nil {
		log.Fatal(err)
	}
	out := make([][]float32, len(letters))
	for i, r := range letters {
		out[i] = letter(face, r)
	}
	return out
}

func letter(face font.Face, r rune) []float32 {
	big := image.NewGray(image.Rect(0, 0, 40, 44))
	d := font.Drawer{Dst: big, Src: image.White, Face: face, Dot: fixed.P(4, 34)}
	d.DrawString(string(r))
	box := ink(big)
	small := image.NewGray(image.Rect(0, 0, side, side))
	draw.ApproxBiLinear.Scale(small, small.Rect, big, box, draw.Src, nil)
	v := blurred(small)
	mean, norm := 0.0, 0.0
	for _, x := range v {
		mean += float64(x) / float64(len(v))
	}
	for i := range v {
		v[i] -= float32(mean)
		norm += float64(v[i]) * float64(v[i])
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(norm) + 1e-6)
	}
	return v
}

func ink(p *image.Gray) image.Rectangle {
	box := image.Rectangle{}
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			if p.Pix[y*p.Stride+x] > 60 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// blurred is p under a kernel of 1 4 6 4 1 both ways.
func blurred(p *image.Gray) []float32 {
	kernel := [5]float32{1, 4, 6, 4, 1}
	at := func(x, y int) float32 {
		if x < 0 || y < 0 || x >= side || y >= side {
			return 0
		}
		return float32(p.Pix[y*p.Stride+x])
	}
	out := make([]float32, side*side)
	for y := range side {
		for x := range side {
			for i, a := range kernel {
				for j, b := range kernel {
					out[y*side+x] += a * b * at(x+j-2, y+i-2) / 256
				}
			}
		}
	}
	return out
}

func dot(a, b []float32) float64 {
	s := float32(0)
	for i := range a {
		s += a[i] * b[i]
	}
	return float64(s)
}
