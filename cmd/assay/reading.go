package main

import (
	"fmt"

	"assay/internal/match/ocr"
	"assay/internal/screening"
	"assay/internal/signal"
)

// reading says how sentences in pictures are read.
type reading struct {
	NoReading   bool `help:"Do not read sentences in pictures." env:"ASSAY_NO_READING"`
	NoTesseract bool `help:"Do not ask tesseract, though it is there, about lines that our own reader leaves in doubt." env:"ASSAY_NO_TESSERACT"`
}

// eyes are the built-in reader, and tesseract beside it where it is installed.
func (r reading) eyes() (ocr.Eyes, error) {
	n, err := ocr.NewNetwork()
	if err != nil {
		return ocr.Eyes{}, err
	}
	e := ocr.Eyes{Network: n}
	if t := ocr.NewTesseract(ocr.TesseractOptions{}); !r.NoTesseract {
		if scripts, _ := t.Available(); len(scripts) > 0 {
			e.Second = t
		}
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
	eyes, err := reading{}.eyes()
	if err != nil {
		return finding{"text in pictures", "off", err.Error()}
	}
	text := eyes.Network.Name() + " reads Hangul, Hanzi, kana, and Latin letters with the accents of Western Europe"
	if eyes.Second == nil {
		_, reason := ocr.NewTesseract(ocr.TesseractOptions{}).Available()
		return finding{"text in pictures", "on", text + "; no second reader: " + reason}
	}
	scripts, reason := eyes.Second.Available()
	text += fmt.Sprintf("; %s is asked about lines in doubt (%v)", eyes.Second.Name(), scripts)
	if reason != "" {
		text += "; " + reason
	}
	return finding{"text in pictures", "on", text}
}
