//go:build !linux

package main

import "time"

var began = time.Now()

// clock is the time of day; Linux tells the time of the thread.
func clock() time.Duration { return time.Since(began) }
