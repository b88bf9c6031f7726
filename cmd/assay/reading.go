package main

import (
	"fmt"

	"assay/internal/fault"
	"assay/internal/match/ocr"
	"assay/internal/screening"
	"assay/internal/signal"
)

// reading says how sentences in pictures are read.
type reading struct {
	NoReading bool `help:"Do not read sentences in pictures." env:"ASSAY_NO_READING"`
	Tesseract bool `help:"Ask tesseract, where it is installed, about lines that our own reader leaves in doubt." env:"ASSAY_TESSERACT"`
}

// eyes are the built-in reader, and tesseract beside it where that is wanted.
// Asked for and not installed, it is an error.
func (r reading) eyes() (ocr.Eyes, error) {
	n, err := ocr.NewNetwork()
	if err != nil {
		return ocr.Eyes{}, err
	}
	e := ocr.Eyes{Network: n}
	if r.Tesseract {
		t := ocr.NewTesseract(ocr.TesseractOptions{})
		if scripts, reason := t.Available(); len(scripts) == 0 {
			return ocr.Eyes{}, fault.New(fault.Invalid, "tesseract cannot be asked: %s", reason)
		}
		e.Second = t
	}
	return e, nil
}

// join adds the readers to an engine's eyes; what they read is kept in pages,
// nil for memory only.
func (r reading) join(e *screening.Engine, pages signal.Pages) error {
	if r.NoReading {
		return nil
	}
	eyes, err := r.eyes()
	if err != nil {
		return err
	}
	e.AddEye(signal.NewLines(eyes, pages))
	return nil
}

// reader is the doctor's line about it.
func reader() finding {
	n, err := ocr.NewNetwork()
	if err != nil {
		return finding{"text in pictures", "off", err.Error()}
	}
	text := n.Name() + " reads Hangul, Hanzi, kana, and Latin letters with the accents of Western Europe"
	second := ocr.NewTesseract(ocr.TesseractOptions{})
	scripts, reason := second.Available()
	if len(scripts) > 0 {
		text += fmt.Sprintf("; %s (%v) is there and joins with --tesseract", second.Name(), scripts)
	}
	if reason != "" {
		text += "; " + reason
	}
	return finding{"text in pictures", "on", text}
}
