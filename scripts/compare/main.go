// Command compare times the word matcher beside the Aho-Corasick modules that
// can be had for Go, with the same patterns on the same letters:
//
//	cd scripts/compare && go run . [-mb 16] [-only assay,bobusumisu] [-raw]
//
// Each contender runs in a process of its own, one after the other. All read
// texts that went through our skeleton (case, width, jamo, look-alikes), which
// is not timed; speeds are in bytes of the original text. Texts are matched
// listing by listing, as a marketplace does. Counts of matches must be equal.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"assay/internal/match/lexicon"
)

func main() {
	mb := flag.Int("mb", 16, "megabytes of each corpus")
	passes := flag.Int("passes", 3, "passes; the best counts")
	raw := flag.Bool("raw", false, "the others read the original text in lower case, not its letters; counts differ")
	only := flag.String("only", "", "contenders, with commas between; empty: all")
	run := flag.String("run", "", "run one contender in this process")
	flag.Parse()
	if *run != "" {
		if err := trial(*run, *mb, *passes, *raw); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	fmt.Printf("%-12s %9s %9s | %-26s | %-26s\n", "", "build", "memory", "listings with brand names", "plain innocents")
	for _, c := range contenders {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), c.name) {
			continue
		}
		cmd := exec.Command(os.Args[0], "-run", c.name, "-mb", fmt.Sprint(*mb), "-passes", fmt.Sprint(*passes), fmt.Sprintf("-raw=%v", *raw))
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			fmt.Printf("%-12s did not finish: %v\n", c.name, err)
		}
	}
	for _, c := range contenders {
		fmt.Printf("%s: %s\n", c.name, c.about)
	}
}

// material is what all contenders get: the patterns, and two corpora. The
// seed is fixed, so that every process makes the same.
func material(size int) (names []string, corpora [2][]string) {
	r := rand.New(rand.NewPCG(7, 11))
	ts := tongues(r)
	names = distinct(brands(r, ts, 9000), 151000)
	return names, [2][]string{listings(r, ts, names, size, 0.5), listings(r, ts, nil, size, 0)}
}

// distinct keeps names whose letters differ, up to count.
func distinct(names []string, count int) []string {
	read := reading(false)
	seen := map[string]bool{}
	var out []string
	for _, n := range names {
		l := read(n)
		if l != "" && !seen[l] && len(out) < count {
			seen[l] = true
			out = append(out, n)
		}
	}
	return out
}

func trial(name string, mb, passes int, raw bool) error {
	runtime.LockOSThread()
	names, corpora := material(mb << 20)
	read := reading(raw)
	letters := make([]string, len(names))
	for i, n := range names {
		letters[i] = read(n)
	}
	c, err := called(name)
	if err != nil {
		return err
	}
	before, start := live(), time.Now()
	if err := c.build(names, letters); err != nil {
		return err
	}
	built := time.Since(start)
	fmt.Printf("%-12s %8.1fs %6.0f MB", name, built.Seconds(), float64(live()-before)/1e6)
	for _, corpus := range corpora {
		size, texts := 0, make([]any, len(corpus))
		for i, t := range corpus {
			size += len(t)
			texts[i] = c.ready(t, read(t))
		}
		best, from, n := time.Duration(1<<62), time.Duration(0), 0
		for range passes {
			n, from = 0, clock()
			for _, t := range texts {
				n += c.count(t)
			}
			best = min(best, clock()-from)
		}
		fmt.Printf(" | %7.1f MB/s %9d found", float64(size)/1e6/best.Seconds(), n)
	}
	fmt.Println()
	runtime.KeepAlive(c)
	runtime.KeepAlive(letters)
	runtime.KeepAlive(names)
	return nil
}

// reading is how the others get to see a text.
func reading(raw bool) func(string) string {
	if raw {
		return strings.ToLower
	}
	return func(s string) string { return lexicon.ReadLetters(s).String() }
}

// live is the memory in use after the garbage is gone.
func live() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
