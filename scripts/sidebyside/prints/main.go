//go:build unix

// Command prints writes the PDQ hash of each file named, its quality and the
// milliseconds of processor time from the file on: what ../prints.cpp does with
// Meta's reference.
package main

import (
	"fmt"
	"log"
	"os"
	"syscall"
	"time"

	"assay/internal/match/pdq"
	"assay/internal/match/picture"
)

func main() {
	log.SetFlags(0)
	for _, name := range os.Args[1:] {
		start := processorTime()
		data, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		p, err := picture.Decode(data, picture.Limits{})
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		hash, quality := pdq.Compute(p.Frames[0])
		took := processorTime() - start
		fmt.Printf("%s\t%d\t%.3f\t%s\n", hash, quality, took.Seconds()*1e3, name)
	}
}

// processorTime is what the process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
