// Command fit calibrates words/weights.yaml on labelled listings:
//
//	go run ./internal/match/lexicon/fit [-prior 0.3] [-write] brands.json listings.jsonl [more pairs]
//
// It fits a logistic regression that is held to the present weights and may
// not change a sign, tells by cross-validation over brands what that is worth
// (right brand, false alarms, Brier score, reliability) and prints what would
// change; -write writes it. Rows are those of testdata, or of a kit in the form
// described in docs/words.md; a marketplace may give its own decided cases.
package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"

	"assay/internal/match/lexicon"
)

const weightsPath = "internal/match/lexicon/words/weights.yaml"

func main() {
	prior := flag.Float64("prior", 0.3, "how strongly weights are held to what they are: the share of rows that the prior counts as")
	folds := flag.Int("folds", 5, "folds of the cross-validation; brands stay together")
	write := flag.Bool("write", false, "write "+weightsPath)
	seen := flag.Int("seen", 0, "fit on the first so many pairs only, and measure on the others; 0: all")
	flag.Parse()
	if err := run(flag.Args(), *prior, *folds, *seen, *write); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(paths []string, prior float64, folds, seen int, write bool) error {
	if len(paths) == 0 || len(paths)%2 != 0 {
		return fmt.Errorf("give pairs of brands.json and listings.jsonl")
	}
	var sets [][]row
	for pair := range slices.Chunk(paths, 2) {
		rows, err := readRows(pair[0], pair[1])
		if err != nil {
			return err
		}
		sets = append(sets, rows)
	}
	if seen == 0 {
		seen = len(sets)
	}
	present := weights(lexicon.Weights())
	known := slices.Concat(sets[:seen]...)
	fmt.Println("cross-validated over", folds, "folds of", len(known), "rows")
	report("present", judgeAll(known, func(row) weights { return present }))
	byFold := make([]weights, folds)
	for k := range byFold {
		byFold[k] = fit(keep(known, func(r row) bool { return r.fold(folds) != k }), present, prior)
	}
	report("fitted", judgeAll(known, func(r row) weights { return byFold[r.fold(folds)] }))
	fitted := fit(known, present, prior).rounded()
	for i, s := range sets {
		fmt.Printf("\n%s, %s\n", paths[2*i+1], map[bool]string{true: "fitted on", false: "not fitted on"}[i < seen])
		report("present", judgeAll(s, func(row) weights { return present }))
		report("fitted", judgeAll(s, func(row) weights { return fitted }))
	}
	fmt.Println("\nchanges")
	for _, name := range fitted.names() {
		if fitted[name] != present[name] {
			fmt.Printf("%-20s %6.2f -> %6.2f\n", name, present[name], fitted[name])
		}
	}
	if write {
		return fitted.write()
	}
	return nil
}

func keep(rows []row, want func(row) bool) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return !want(r) })
}

// weights are by name.
type weights map[string]float64

func (w weights) names() []string {
	var out []string
	for n := range w {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (w weights) rounded() weights {
	out := weights{}
	for n, v := range w {
		out[n] = math.Round(v*20) / 20
	}
	return out
}

// write changes the numbers of the weights file and leaves its comments.
func (w weights) write() error {
	b, err := os.ReadFile(weightsPath)
	if err != nil {
		return fmt.Errorf("read the weights: %w", err)
	}
	for n, v := range w {
		line := regexp.MustCompile(`(?m)^` + n + `: *-?[0-9.]+`)
		b = line.ReplaceAll(b, []byte(n+": "+strconv.FormatFloat(v, 'f', -1, 64)))
	}
	if err := os.WriteFile(weightsPath, b, 0o644); err != nil {
		return fmt.Errorf("write the weights: %w", err)
	}
	return nil
}
