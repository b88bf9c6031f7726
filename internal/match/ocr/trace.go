package ocr

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode"
)

// Trace is what the network thinks could stand in a line: for every frame, a
// stretch of a few pixels, the labels that come into question. It never
// changes.
type Trace struct{ frames []moment }

// moment is one frame: it lists labels with their costs, the best first at no cost.
type moment struct {
	sure    uint8 // probability of the best, of 255
	choices []choice
}

// choice is a label and how much less likely than the best it is, in 24ths of
// a nat.
type choice struct {
	label label
	cost  uint8
}

const (
	nat    = 24
	beyond = 255 // the cost of a label that does not come into question
)

func newTrace(frames [][]guess) *Trace {
	t := &Trace{make([]moment, len(frames))}
	for i, g := range frames {
		slices.SortFunc(g, func(a, b guess) int { return cmp.Or(cmp.Compare(b.log, a.log), cmp.Compare(a.label, b.label)) })
		f := moment{sure: uint8(math.Round(255 * math.Exp(float64(min(g[0].log, 0)))))}
		for _, x := range g {
			if cost := math.Round(nat * float64(g[0].log-x.log)); cost < min(beyond, nat*farBehind) {
				f.choices = append(f.choices, choice{x.label, uint8(cost)})
			}
		}
		t.frames[i] = f
	}
	return t
}

// joined is the traces one after the other, as if they stood in one line.
func joined(traces ...*Trace) *Trace {
	out := new(Trace)
	for i, t := range traces {
		if i > 0 {
			out.frames = append(out.frames, moment{sure: 255, choices: []choice{{label: blank}}})
		}
		out.frames = append(out.frames, t.frames...)
	}
	return out
}

// letter is a rune of a trace's likeliest text and the frames it stands in.
type letter struct {
	r        rune
	from, to int
}

// letters are the likeliest text: the best label of every frame, repeats and
// blanks dropped, jamo put together. confidence is the mean certainty of its
// labels, 0 where there are none.
func (t *Trace) letters(l *labels) (out []letter, confidence float64) {
	type one struct {
		label    label
		from, to int
		sure     uint8
	}
	var said []one
	for i, f := range t.frames {
		best := f.choices[0].label
		switch n := len(said) - 1; {
		case best == blank:
		case i > 0 && n >= 0 && t.frames[i-1].choices[0].label == best:
			said[n].to, said[n].sure = i+1, max(said[n].sure, f.sure)
		default:
			said = append(said, one{best, i, i + 1, f.sure})
		}
	}
	sum, n := 0.0, 0
	for i := 0; i < len(said); i++ {
		s := said[i]
		if r := l.runes[s.label]; !unicode.IsSpace(r) {
			sum, n = sum+math.Log(max(float64(s.sure), 1)/255), n+1
		}
		x := letter{l.runes[s.label], s.from, s.to}
		switch {
		case x.r >= 0x1100 && x.r < 0x1113:
			if i+1 == len(said) || !isVowel(l.runes[said[i+1].label]) {
				continue // an onset alone is nothing that is written
			}
			i++
			x.r, x.to = 0xAC00+((x.r-0x1100)*21+l.runes[said[i].label]-0x1161)*28, said[i].to
			if i+1 < len(said) {
				if c := l.runes[said[i+1].label]; c >= 0x11A8 && c < 0x11C3 {
					i++
					x.r, x.to = x.r+c-0x11A7, said[i].to
				}
			}
		case x.r >= 0x1161 && x.r < 0x11C3:
			continue
		}
		out = append(out, x)
	}
	if n == 0 {
		return nil, 0
	}
	return out, math.Exp(sum / float64(n))
}

func isVowel(r rune) bool { return r >= 0x1161 && r < 0x1176 }

func textOf(letters []letter) string {
	var s strings.Builder
	for _, x := range letters {
		s.WriteRune(x.r)
	}
	return strings.TrimSpace(s.String())
}

// ErrTrace says that bytes are not a trace.
var ErrTrace = errors.New("ocr: not a trace")

// MarshalBinary packs a trace into some three bytes for each choice.
func (t *Trace) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(nil, uint64(len(t.frames)))
	for _, f := range t.frames {
		out = append(out, f.sure, byte(len(f.choices)))
		for _, c := range f.choices {
			out = binary.LittleEndian.AppendUint16(out, uint16(c.label))
			out = append(out, c.cost)
		}
	}
	return out, nil
}

// mostFrames is more than a view of any length and several joined lines have.
const mostFrames = 1 << 12

// UnmarshalBinary reads what MarshalBinary wrote, or fails with ErrTrace.
func (t *Trace) UnmarshalBinary(data []byte) error {
	network, err := NewNetwork()
	if err != nil {
		return err
	}
	n, size := binary.Uvarint(data)
	if size <= 0 || n > mostFrames {
		return ErrTrace
	}
	data, t.frames = data[size:], make([]moment, n)
	for i := range t.frames {
		if len(data) < 2 || data[1] == 0 || len(data) < 2+3*int(data[1]) {
			return ErrTrace
		}
		f := moment{sure: data[0], choices: make([]choice, data[1])}
		data = data[2:]
		for k := range f.choices {
			f.choices[k] = choice{label(binary.LittleEndian.Uint16(data)), data[2]}
			if int(f.choices[k].label) >= len(network.labels.runes) {
				return ErrTrace
			}
			data = data[3:]
		}
		t.frames[i] = f
	}
	if len(data) > 0 {
		return ErrTrace
	}
	return nil
}
