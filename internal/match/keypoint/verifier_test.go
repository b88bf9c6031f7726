package keypoint

import (
	"encoding/binary"
	"math"
	"os"
	"testing"
)

// TestVerifierAgreesWithTraining reads pairs with what the network said of them where it was trained.
func TestVerifierAgreesWithTraining(t *testing.T) {
	data, err := os.ReadFile("testdata/verifier.bin")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; len(data) > 10; n++ {
		w, h := int(data[0]), int(data[1])
		scale := math.Float32frombits(binary.LittleEndian.Uint32(data[2:]))
		want := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[6:])))
		o := overlay{w, h, make([]int8, w*h*overParts)}
		for i := range o.pix {
			o.pix[i] = int8(data[10+i])
		}
		data = data[10+len(o.pix):]
		if got := o.verify(float64(scale)); math.Abs(got-want) > trainingError {
			t.Errorf("pair %d: %.3f, want %.3f", n, got, want)
		}
	}
	if n < 2 {
		t.Errorf("only %d pairs", n)
	}
}

// TestVerifierTellsOtherShapes looks at a mark that lies in the picture, under its own template and under another's.
func TestVerifierTellsOtherShapes(t *testing.T) {
	right, wrong := drawMark(3, 400, 160), drawMark(8, 400, 160)
	picture := drawPhoto(5, 700, 700)
	paste(picture, right, 330, 350, 0.6, 0.05, nil)
	q := newQuery(picture, [Mark + 1]bool{Mark: true})
	var sure [2]float64
	for i, m := range []int{0, 1} {
		img := right
		if m == 1 {
			img = wrong
		}
		d, err := Describe(img, Mark)
		if err != nil {
			t.Fatal(err)
		}
		f := newFitting(q, d, 1)
		at := anchored(200, 80, 330, 350, 0.6, 0.05, false)
		o := f.overlay(&at, 0)
		sure[i] = o.verify(at.scale() / d.template.pose.scale())
	}
	if sure[0] < sure[1]+2 {
		t.Errorf("the right mark %.2f, the wrong one %.2f", sure[0], sure[1])
	}
}

func BenchmarkVerify(b *testing.B) {
	o := overlay{54, 54, make([]int8, 54*54*overParts)}
	for b.Loop() {
		o.verify(1)
	}
}
