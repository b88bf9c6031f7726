package ocr

import (
	"context"
	"errors"
	"image"
	"strings"
	"testing"
)

// parrot says the same of every line, by script; it counts.
type parrot struct {
	says  map[Script]Text
	calls map[Script]int
	lines int
	err   error
}

func (p *parrot) Name() string                  { return "parrot/1" }
func (p *parrot) Available() ([]Script, string) { return Scripts, "" }

func (p *parrot) Read(_ context.Context, lines []*image.Gray, s Script) ([]Text, error) {
	if p.calls == nil {
		p.calls = map[Script]int{}
	}
	p.calls[s]++
	p.lines += len(lines)
	var out []Text
	if t, ok := p.says[s]; ok {
		for i := range lines {
			out = append(out, Text{i, t.Text, t.Confidence})
		}
	}
	return out, p.err
}

func sign(t *testing.T) *image.NRGBA {
	p := canvas(640, 240, paper)
	lettering(t, p, "Authentic Norvik Guarantee", 26, 60, 130, night)
	return p
}

// A sure reading needs no other script, a doubtful one all and a second look.
func TestPageReadsNoMoreThanItMust(t *testing.T) {
	sure := &parrot{says: map[Script]Text{Hangul: {Text: "한빛솔", Confidence: 0.9}}}
	if _, err := by(sure).Read(context.Background(), sign(t), Scripts); err != nil || sure.calls[Hangul] != 1 || len(sure.calls) != 1 {
		t.Errorf("%+v, %v", sure.calls, err)
	}
	unsure := &parrot{says: map[Script]Text{Hangul: {Text: "한", Confidence: 0.2}, Latin: {Text: "Auth", Confidence: 0.6}}}
	page, err := by(unsure).Read(context.Background(), sign(t), Scripts)
	if err != nil || unsure.calls[Hangul] != 1 || unsure.calls[Han] != 1 || unsure.calls[Latin] != 2 {
		t.Errorf("%+v, %v", unsure.calls, err)
	}
	again, err := by(unsure).Again(context.Background(), sign(t), page, func([]Reading) bool { return true })
	if err != nil || unsure.calls[Latin] != 2 || len(again.Readings) != len(page.Readings) {
		t.Errorf("lines were read a third time: %+v, %v", unsure.calls, err)
	}
}

func TestPageAgainReadsDoubtfulLines(t *testing.T) {
	p := someSentences()
	r := &parrot{says: map[Script]Text{Latin: {Text: "Authentic Nor", Confidence: 0.93}}}
	img := sign(t)
	page, err := by(r).Read(context.Background(), img, Scripts)
	if err != nil || r.calls[Latin] != 1 {
		t.Fatalf("%+v, %v", r.calls, err)
	}
	before := len(page.Readings)
	r.says[Latin] = Text{Text: "Authentic Norvik Guarantee", Confidence: 0.8}
	again, err := by(r).Again(context.Background(), img, page, p.Doubtful)
	if err != nil || r.calls[Latin] != 2 || len(again.Readings) <= before || !again.Readings[before].Bare {
		t.Fatalf("%+v, %v, %+v", r.calls, err, again)
	}
	if len(page.Readings) != before {
		t.Error("the first page changed")
	}
	if _, err := by(r).Again(context.Background(), img, again, p.Doubtful); err != nil || r.calls[Latin] != 2 {
		t.Errorf("read again what is known: %+v, %v", r.calls, err)
	}
}

func TestPageWithoutLinesCostsNothing(t *testing.T) {
	r := &parrot{}
	page, err := by(r).Read(context.Background(), canvas(300, 300, paper), Scripts)
	if err != nil || len(r.calls) != 0 || len(page.Texts(0)) != 0 {
		t.Errorf("%+v, %v", r.calls, err)
	}
}

func TestPageFailsWithItsReader(t *testing.T) {
	broken := errors.New("broken")
	if _, err := by(&parrot{err: broken}).Read(context.Background(), sign(t), Scripts); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := by(&parrot{}).Read(ctx, sign(t), Scripts); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := by(&wild{}).Read(context.Background(), sign(t), Scripts); err == nil || !strings.Contains(err.Error(), "read line 99") {
		t.Errorf("%v", err)
	}
}

type wild struct{ parrot }

func (*wild) Read(context.Context, []*image.Gray, Script) ([]Text, error) {
	return []Text{{Line: 99, Text: "x"}}, nil
}

// Of readings of one line the surest stays; parts of a line say nothing new.
func TestPageTexts(t *testing.T) {
	box := func(x, y, w float64) Line {
		return Line{Outline: [4]Point{{x, y}, {x + w, y}, {x + w, y + 20}, {x, y + 20}}, Width: w, Height: 20}
	}
	p := &Page{Lines: []Line{box(0, 100, 200), box(10, 100, 80), box(0, 10, 200), box(0, 200, 50)}, Readings: []Reading{
		{Line: 0, Text: "한빛솔 공식", Confidence: 0.9, Script: Hangul}, {Line: 0, Text: "HUBZ", Confidence: 0.7, Script: Latin},
		{Line: 1, Text: "한빛", Confidence: 0.95, Script: Hangul}, {Line: 2, Text: "무료배송", Confidence: 0.8, Script: Hangul}, {Line: 3, Text: "=~", Confidence: 0.3}}}
	got := p.Texts(0.6)
	if len(got) != 2 || got[0].Text != "무료배송" || got[1].Text != "한빛솔 공식" {
		t.Errorf("%+v", got)
	}
}

// by reads with one reader of single scripts.
func by(r Reader) Eyes { return Eyes{Second: r} }
