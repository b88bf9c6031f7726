package ocr

import (
	"context"
	"fmt"
	"math"
	"testing"
)

// TestTrain learns the weights of score.go anew from the scenes in the folders
// ASSAY_SCENES and prints them: logistic regression by Newton's method on
// standardised terms, with a small ridge; one for lines that the maps found,
// one for those of the mask.
func TestTrain(t *testing.T) {
	var rows [2][][]float64
	var want, weight [2][]float64
	for _, s := range scenes(t, "ASSAY_SCENES") {
		f := new(finder)
		f.search(context.Background(), s.picture(t))
		for _, c := range f.found {
			w, y := 1.0, 0.0
			for _, q := range s.Lines {
				l := c.line(1)
				if whole(l, q.Quad) {
					w, y = 1, 1
					break
				}
				if _, a, _ := agreement(l, q.Quad); a > 0.15 {
					w = 0.4 // part of a line is better than none of it
				}
			}
			k := 0
			if c.fromMask {
				k = 1
			}
			rows[k] = append(rows[k], c.terms())
			want[k], weight[k] = append(want[k], y), append(weight[k], w)
		}
	}
	for k, name := range []string{"score", "mask"} {
		mean, dev := standardise(rows[k])
		theta := fitLogistic(rows[k], want[k], weight[k], 1)
		bias := theta[len(theta)-1]
		for i := range mean {
			theta[i] /= dev[i]
			bias -= theta[i] * mean[i]
		}
		fmt.Printf("// From %d candidates.\nconst %sBias = %.4f\n\nvar %sWeights = [...]float64{\n", len(rows[k]), name, bias, name)
		for i := range mean {
			fmt.Printf("\t%.5g,\n", theta[i])
		}
		fmt.Println("}")
	}
}

func standardise(rows [][]float64) (mean, dev []float64) {
	k := len(rows[0])
	mean, dev = make([]float64, k), make([]float64, k)
	for _, r := range rows {
		for i, v := range r {
			mean[i] += v / float64(len(rows))
		}
	}
	for _, r := range rows {
		for i, v := range r {
			dev[i] += (v - mean[i]) * (v - mean[i]) / float64(len(rows))
		}
	}
	for i := range dev {
		dev[i] = math.Sqrt(dev[i]) + 1e-9
	}
	for _, r := range rows {
		for i := range r {
			r[i] = (r[i] - mean[i]) / dev[i]
		}
	}
	return mean, dev
}

// fitLogistic returns the weights, the constant last.
func fitLogistic(rows [][]float64, want, weight []float64, ridge float64) []float64 {
	k := len(rows[0]) + 1
	theta := make([]float64, k)
	for range 12 {
		g, h := make([]float64, k), make([][]float64, k)
		for i := range h {
			h[i] = make([]float64, k)
			g[i], h[i][i] = -ridge*theta[i], ridge
		}
		x := make([]float64, k)
		for n, r := range rows {
			copy(x, r)
			x[k-1] = 1
			z := 0.0
			for i := range x {
				z += x[i] * theta[i]
			}
			p := 1 / (1 + math.Exp(-z))
			e, c := weight[n]*(want[n]-p), weight[n]*p*(1-p)
			for i := range x {
				g[i] += e * x[i]
				for j := range i + 1 {
					h[i][j] += c * x[i] * x[j]
				}
			}
		}
		step := solve(h, g)
		for i := range theta {
			theta[i] += step[i]
		}
	}
	return theta
}

// solve is Cholesky's method for a symmetric matrix given by its lower half.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
		for j := range i + 1 {
			s := h[i][j]
			for k := range j {
				s -= h[i][k] * h[j][k]
			}
			if i == j {
				h[i][i] = math.Sqrt(s)
			} else {
				h[i][j] = s / h[j][j]
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		s := g[i]
		for k := range i {
			s -= h[i][k] * x[k]
		}
		x[i] = s / h[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= h[k][i] * x[k]
		}
		x[i] /= h[i][i]
	}
	return x
}
