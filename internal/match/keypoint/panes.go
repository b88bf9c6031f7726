package keypoint

import "image"

// Long pictures, such as a listing's whole description in one strip, would lose all detail when bounded to
// querySide. They are searched in overlapping panes.
const (
	longest   = 2.6 // ratio of the sides up to which a picture is one pane
	paneRatio = 2.0
	paneStep  = 1.4 // of the shorter side, from one pane to the next
	mostPanes = 16
)

// panes cuts a picture along its longer side. A strip longer than 23 times its width would need more than
// mostPanes; its panes are stretched to cover it.
func panes(b image.Rectangle) []image.Rectangle {
	short, long := min(b.Dx(), b.Dy()), max(b.Dx(), b.Dy())
	if float64(long) <= longest*float64(short) {
		return []image.Rectangle{b}
	}
	length := paneRatio * float64(short)
	step := paneStep * float64(short)
	n := 1 + int((float64(long)-length)/step+0.999)
	if n > mostPanes {
		n = mostPanes
		length *= float64(long) / (float64(short) * (paneRatio + float64(n-1)*paneStep))
	}
	step = (float64(long) - length) / float64(n-1)
	var out []image.Rectangle
	for i := range n {
		from, to := int(float64(i)*step), min(int(float64(i)*step+length)+1, long)
		if b.Dx() < b.Dy() {
			out = append(out, image.Rect(b.Min.X, b.Min.Y+from, b.Max.X, b.Min.Y+to))
		} else {
			out = append(out, image.Rect(b.Min.X+from, b.Min.Y, b.Min.X+to, b.Max.Y))
		}
	}
	return out
}

// shift moves outlines from a pane to its picture.
func shift(ms []Match, by image.Point) {
	for i := range ms {
		move(ms[i].Outline[:], by)
		if ms[i].Part != nil {
			move(ms[i].Part.Outline, by)
		}
	}
}

func move(outline []Point, by image.Point) {
	for k := range outline {
		outline[k].X += float64(by.X)
		outline[k].Y += float64(by.Y)
	}
}

// bestOfEach keeps the first match of every asset and reading in one place; panes overlap.
func bestOfEach(sorted []Match) []Match {
	var out []Match
next:
	for i := range sorted {
		for j := range out {
			if out[j].ID == sorted[i].ID && out[j].Mirrored == sorted[i].Mirrored && out[j].overlaps(&sorted[i]) {
				continue next
			}
		}
		out = append(out, sorted[i])
	}
	return out
}
