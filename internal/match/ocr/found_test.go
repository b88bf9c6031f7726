package ocr

import (
	"bytes"
	"errors"
	"testing"
)

func boxAt(x, y, w, h float64) Line {
	return Line{Outline: [4]Point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, Width: w, Height: h}
}

// pageOf is a page of lines that the network read clearly.
func pageOf(t *testing.T, lines []Line, texts ...string) *Page {
	p := &Page{Lines: lines, looked: make([]Look, len(lines)), twice: make([]bool, len(lines))}
	for i, s := range texts {
		trace := saying(t, s)
		letters, confidence := trace.letters(theNetwork(t).labels)
		p.Readings = append(p.Readings, Reading{Line: i, Text: textOf(letters), Confidence: confidence, Trace: trace})
	}
	return p
}

// A sentence may run over lines of one block, and only of one.
func TestBrokenSentences(t *testing.T) {
	p := someSentences()
	for _, c := range []struct {
		name  string
		lines []Line
		texts []string
		want  string
		parts int
	}{
		{"one line", []Line{boxAt(100, 100, 300, 20)}, []string{"한빛솔 공식 인증 판매점"}, "ko1", 1},
		{"two lines", []Line{boxAt(100, 100, 200, 20), boxAt(100, 130, 180, 20)}, []string{"한빛솔 공식", "인증 판매점"}, "ko1", 2},
		{"three lines, in any order", []Line{boxAt(130, 160, 100, 19), boxAt(100, 100, 110, 20), boxAt(110, 130, 120, 21)}, []string{"Guarantee", "Authentic", "Norvik"}, "en1", 3},
		{"more text around", []Line{boxAt(100, 100, 200, 20), boxAt(100, 130, 180, 20)}, []string{"오늘만 海韵堂官方", "授权正品 包邮"}, "zh1", 2},
		{"far apart", []Line{boxAt(100, 100, 200, 20), boxAt(100, 190, 180, 20)}, []string{"한빛솔 공식", "인증 판매점"}, "", 0},
		{"beside each other", []Line{boxAt(100, 100, 200, 20), boxAt(400, 130, 180, 20)}, []string{"한빛솔 공식", "인증 판매점"}, "", 0},
		{"of other sizes", []Line{boxAt(100, 100, 200, 20), boxAt(100, 130, 280, 40)}, []string{"한빛솔 공식", "인증 판매점"}, "", 0},
		{"another brand", []Line{boxAt(100, 100, 200, 20), boxAt(100, 130, 180, 20)}, []string{"마루빛 공식", "인증 판매점"}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := pageOf(t, c.lines, c.texts...)
			found := p.On(page)
			if c.want == "" {
				if len(found) > 0 {
					t.Errorf("%+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].ID != c.want || len(found[0].Lines) != c.parts {
				t.Fatalf("%+v", found)
			}
			if s := found[0].Reading.Text[found[0].Start:found[0].End]; s == "" {
				t.Error("no text is shown")
			}
			outline := page.Outline(found[0].Lines)
			for _, i := range found[0].Lines {
				for _, q := range page.Lines[i].Outline {
					if q.X < outline[0].X-1e-9 || q.X > outline[2].X+1e-9 || q.Y < outline[0].Y-1e-9 || q.Y > outline[2].Y+1e-9 {
						t.Errorf("line %d sticks out of %v", i, outline)
					}
				}
			}
		})
	}
}

func TestPageIsKept(t *testing.T) {
	page := pageOf(t, []Line{boxAt(100, 100, 200, 20), boxAt(100, 130, 180, 20)}, "한빛솔 공식", "인증 판매점")
	page.Lines[1].Dark = true
	page.looked[0], page.twice[1], page.scripts = 2, true, Scripts
	page.Readings = append(page.Readings, Reading{Line: 1, Text: "인증", Confidence: 0.1, Script: Hangul})
	data, err := page.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	again := new(Page)
	if err := again.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if !again.Equal(page) || again.Lines[1] != page.Lines[1] || len(again.Readings) != 3 || again.Readings[2] != page.Readings[2] {
		t.Errorf("%+v became %+v", page, again)
	}
	if found := someSentences().On(again); len(found) != 1 || found[0].ID != "ko1" {
		t.Errorf("%+v", found)
	}
	for _, bad := range [][]byte{nil, data[:len(data)/2], bytes.Repeat([]byte{7}, 50)} {
		if err := new(Page).UnmarshalBinary(bad); !errors.Is(err, ErrPage) {
			t.Errorf("%d bytes: %v", len(bad), err)
		}
	}
}
