package main

import "fmt"

// A verdict is what one row came to.
type verdict struct {
	infringes, flagged, right bool
	score                     float64
}

// judgeAll judges every row with the weights that are meant for it.
func judgeAll(rows []row, w func(row) weights) []verdict {
	var out []verdict
	for _, r := range rows {
		v := verdict{infringes: r.infringes}
		best, named := 0.0, ""
		for _, s := range r.slopes {
			p := sigmoid(w(r).logit(s))
			if s.Licensed || p < 0.01 {
				continue
			}
			v.score = max(v.score, p)
			if s.BrandID != "" && p > best {
				best, named = p, s.BrandID
			}
		}
		v.flagged = v.score >= 0.5
		v.right = v.flagged && (r.brand == "" || named == r.brand)
		out = append(out, v)
	}
	return out
}

// report prints how many rows were judged right and how far scores can be
// believed: the Brier score (Monthly Weather Review 78(1), 1950; 0 is perfect,
// both sides weighing the same), and of each band of scores how many infringed.
func report(name string, list []verdict) {
	var n, right, flagged [2]int
	var brier [2]float64
	var band [10][2]int
	for _, v := range list {
		k := 0
		if v.infringes {
			k = 1
		}
		n[k]++
		if v.right {
			right[k]++
		}
		if v.flagged {
			flagged[k]++
		}
		d := float64(k) - v.score
		brier[k] += d * d
		band[min(int(v.score*10), 9)][k]++
	}
	fmt.Printf("  %-8s right brand %4d of %4d %.3f   false alarms %3d of %4d %.3f   Brier %.4f\n", name, right[1], n[1],
		share(right[1], n[1]), flagged[0], n[0], share(flagged[0], n[0]), (brier[0]/float64(max(n[0], 1))+brier[1]/float64(max(n[1], 1)))/2)
	fmt.Print("           infringing of all, by score: ")
	for i, b := range band {
		fmt.Printf(" .%d: %d/%d", i, b[1], b[0]+b[1])
	}
	fmt.Println()
}

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }
