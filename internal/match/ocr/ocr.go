// Package ocr reads sentences in pictures. It finds lines of text itself,
// straightens them, reads them with a network of its own, and decides which
// protected sentence stands there.
//
// Finding is by a network that says where lines run (mask.go), and by a map
// without one beside it (finder.go, map.go, component.go, link.go, fit.go):
// local thresholds, connected components, pairwise linking, a projection profile
// for the angle. A small learnt score (score.go) says which candidates deserve
// to be read. Eyes read: the network
// (network.go) leaves a trace of everything that could stand in a line, into
// which Phrases lays its sentences (spot.go); a Reader such as tesseract is
// asked where the network is in doubt, and what it says is compared as text
// (phrase.go).
package ocr

import (
	"context"
	"image"
)

// Script is a writing that a reader can be asked for.
type Script string

// The scripts that sentences are protected in.
const (
	Hangul Script = "hangul"
	Han    Script = "han"
	Latin  Script = "latin"
)

// Scripts are all of them, in the order they are tried.
var Scripts = []Script{Hangul, Han, Latin}

// Point is a place in a picture, in pixels.
type Point struct{ X, Y float64 }

// Line is a stretch of the picture that looks like one line of text.
type Line struct {
	// Outline goes clockwise from the top left of the upright text.
	Outline [4]Point
	Width   float64 // along the text, pixels
	Height  float64 // of the ink, pixels
	Angle   float64 // degrees, clockwise
	Dark    bool    // the ink is darker than what is behind it
	Score   float64 // 0..1: how likely it is text
}

// Text is what a reader made of one line.
type Text struct {
	Line       int // index in what was given to Read
	Text       string
	Confidence float64 // 0..1, as the reader thinks
}

// Reader turns straightened lines, dark on light, into text, one script at a
// time. It is safe for concurrent use, honours ctx, and answers in bounded time. Lines in which it
// sees nothing are left out of the answer.
type Reader interface {
	// Name is the reader with its version; readings of another name are not
	// comparable.
	Name() string
	// Available lists the scripts it can read now, and says why others are
	// missing; reason is empty when nothing is.
	Available() (scripts []Script, reason string)
	Read(ctx context.Context, lines []*image.Gray, s Script) ([]Text, error)
}
