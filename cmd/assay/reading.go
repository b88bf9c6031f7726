package main

import (
	"fmt"

	"assay/internal/match/ocr"
	"assay/internal/screening"
	"assay/internal/signal"
)

// reading says whether sentences in pictures are read.
type reading struct {
	NoReading bool `help:"Do not read sentences in pictures, though tesseract is there." env:"ASSAY_NO_READING"`
}

// join adds the reader to an engine's eyes. Without tesseract it is silent.
func (r reading) join(e *screening.Engine) {
	if !r.NoReading {
		e.AddEye(signal.NewLines(ocr.NewTesseract(ocr.TesseractOptions{})))
	}
}

// reader is the doctor's line about it.
func reader() finding {
	scripts, reason := ocr.NewTesseract(ocr.TesseractOptions{}).Available()
	switch {
	case len(scripts) == 0:
		return finding{"text in pictures", "off", reason}
	case reason != "":
		return finding{"text in pictures", "on", fmt.Sprintf("%v; %s", scripts, reason)}
	}
	return finding{"text in pictures", "on", fmt.Sprint(scripts)}
}
