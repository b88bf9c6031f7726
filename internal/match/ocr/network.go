package ocr

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"image"
	"math"
	"slices"
	"strings"
	"sync"

	"assay/internal/match/net"
)

// The weights come from training/lines (train.py, export.py).
//
//go:embed weights/labels.txt weights/*.net
var weights embed.FS

// Network reads lines in all scripts at once with convolutions of our own. It
// needs no installation and is safe for concurrent use.
type Network struct {
	labels   *labels
	trunk    *net.Model
	alphabet *net.Model
	hanzi    []*net.Model
	name     string
}

// loaded reads the embedded weights once, when they are first needed.
var loaded = sync.OnceValues(loadNetwork)

// NewNetwork is the network of the embedded weights. It fails only when the
// program was built with damaged ones.
func NewNetwork() (*Network, error) { return loaded() }

func loadNetwork() (*Network, error) {
	n, sum := new(Network), sha256.New()
	part := func(name string) (*net.Model, error) {
		data, err := weights.ReadFile("weights/" + name + ".net")
		if err != nil {
			return nil, err
		}
		sum.Write(data)
		m, err := net.Read(data)
		if err != nil {
			return nil, fmt.Errorf("weights of %s: %w", name, err)
		}
		return m, nil
	}
	// What is read depends on the lines that the mask finds.
	if _, err := part("mask"); err != nil {
		return nil, err
	}
	text, err := weights.ReadFile("weights/labels.txt")
	if err != nil {
		return nil, err
	}
	sum.Write(text)
	if n.labels, err = readLabels(string(text)); err != nil {
		return nil, err
	}
	if n.trunk, err = part("trunk"); err != nil {
		return nil, err
	}
	if n.alphabet, err = part("alphabet"); err != nil {
		return nil, err
	}
	files, err := weights.ReadDir("weights")
	if err != nil {
		return nil, err
	}
	for _, f := range files { // in the order of their names
		if name, is := strings.CutSuffix(f.Name(), ".net"); is && strings.HasPrefix(name, "hanzi") {
			m, err := part(name)
			if err != nil {
				return nil, err
			}
			n.hanzi = append(n.hanzi, m)
		}
	}
	n.name = "network/2-" + hex.EncodeToString(sum.Sum(nil)[:4])
	return n, nil
}

// Name is the network with the first digits of its weights' hash.
func (n *Network) Name() string { return n.name }

// unlikely is the probability of a Hanzi below which nobody asks which one.
const unlikely = 0.01

// Trace says what could stand in a view. It fails when ctx ends.
func (n *Network) Trace(ctx context.Context, view *image.NRGBA) (*Trace, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w, h := view.Rect.Dx(), view.Rect.Dy()
	if h != viewHeight || w < leastView || w > mostView {
		return nil, fmt.Errorf("ocr: a view of %d x %d pixels is not a line", w, h)
	}
	in := n.trunk.Picture(h, w)
	for y := range h {
		row := in.Row(y)
		for x := range w {
			for c, v := range view.Pix[y*view.Stride+4*x:][:3] {
				row[x*in.C+c] = int16(v) - 128
			}
		}
	}
	var features *net.Map
	err := n.trunk.Run(in, func(m *net.Map) {
		features = n.alphabet.Picture(1, m.W)
		copy(features.Row(0), m.Row(0))
	})
	if err != nil {
		return nil, err
	}
	scores, err := n.alphabet.Floats(features)
	if err != nil {
		return nil, err
	}
	frames := make([][]guess, features.W)
	var asked []int
	for t := range frames {
		row := scores[t*n.labels.alphabet:][:n.labels.alphabet]
		logSoftmax(row)
		frames[t] = guesses(row[:len(row)-1], 0, 0)
		if float64(row[len(row)-1]) > math.Log(unlikely) {
			asked = append(asked, t)
		}
	}
	if err := n.which(features, asked, scores, frames); err != nil {
		return nil, err
	}
	return newTrace(frames), nil
}

// which adds the Hanzi to the frames asked for.
func (n *Network) which(features *net.Map, asked []int, scores []float32, frames [][]guess) error {
	if len(asked) == 0 {
		return nil
	}
	in := n.hanzi[0].Picture(1, len(asked))
	for i, t := range asked {
		copy(in.Pixel(0, i), features.Pixel(0, t))
	}
	all := len(n.labels.runes) - n.labels.alphabet
	logits := make([]float32, 0, all*len(asked))
	parts := make([][]float32, len(n.hanzi))
	for i, m := range n.hanzi {
		var err error
		if parts[i], err = m.Floats(in); err != nil {
			return err
		}
	}
	for i, t := range asked {
		logits = logits[:0]
		for _, p := range parts {
			c := len(p) / len(asked)
			logits = append(logits, p[i*c:(i+1)*c]...)
		}
		logSoftmax(logits)
		frames[t] = append(frames[t], guesses(logits, label(n.labels.alphabet), scores[(t+1)*n.labels.alphabet-1])...)
	}
	return nil
}

// guess is the logarithm of a label's probability in a frame.
type guess struct {
	label label
	log   float32
}

// Guesses that are this much less likely than the frame's best, in nats, or
// behind so many others, are forgotten.
const (
	farBehind   = 9
	mostGuesses = 30
)

// guesses are the likely ones of a row of logarithms, best first, raised by
// more.
func guesses(row []float32, first label, more float32) []guess {
	out := make([]guess, 0, mostGuesses+1)
	least := slices.Max(row) - farBehind
	for i, v := range row {
		if v <= least {
			continue
		}
		at := len(out)
		for at > 0 && out[at-1].log < v {
			at--
		}
		if out = slices.Insert(out, at, guess{first + label(i), v}); len(out) > mostGuesses {
			out = out[:mostGuesses]
			least = out[mostGuesses-1].log
		}
	}
	for i := range out {
		out[i].log += more
	}
	return out
}

// logSoftmax turns scores into logarithms of probabilities.
func logSoftmax(row []float32) {
	best := slices.Max(row)
	sum := 0.0
	for _, v := range row {
		if v > best-20 {
			sum += math.Exp(float64(v - best))
		}
	}
	k := best + float32(math.Log(sum))
	for i := range row {
		row[i] -= k
	}
}
