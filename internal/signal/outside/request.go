package outside

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"time"

	"golang.org/x/image/draw"

	"assay/internal/signal"
)

// Bounds of what is sent and taken.
const (
	maxSide     = 1024    // pixels of the longer side of a frame
	maxFrames   = 4       // of an animated picture
	maxAnswer   = 1 << 20 // bytes
	maxFindings = 100
	maxOutline  = 16 // points
	jpegQuality = 90
)

// Request is what the service is sent, as JSON.
type Request struct {
	Version int     `json:"version"` // 1
	Hash    string  `json:"hash"`    // "sha256:<hex>" of the picture's own bytes
	Frames  []Frame `json:"frames"`
	Limits  Limits  `json:"limits"`
}

// Frame is one picture, or one moment of an animated one. It was opened,
// scaled and encoded again by Assay, so that the service never has to read a
// stranger's file.
type Frame struct {
	Index  int    `json:"index"`
	Media  string `json:"media"`  // "image/jpeg"
	Width  int    `json:"width"`  // pixels of Data
	Height int    `json:"height"` // pixels of Data
	Data   []byte `json:"data"`   // base64
}

// Limits are what Assay will take of the answer.
type Limits struct {
	Findings int     `json:"findings"` // more are cut off, weakest first
	Outline  int     `json:"outline"`  // points of one outline
	Bytes    int     `json:"bytes"`    // of the whole answer
	TimeMS   int64   `json:"time_ms"`  // until Assay hangs up
	MinScore float64 `json:"min_score"`
}

// compose makes the request for a picture.
func (e *Eye) compose(p *signal.LoadedPicture) ([]byte, error) {
	r := Request{Version: 1, Hash: p.Hash, Limits: Limits{maxFindings, maxOutline, maxAnswer, e.o.Timeout.Milliseconds(), e.o.MinScore}}
	for i, frame := range p.Frames {
		if i == maxFrames {
			break
		}
		small := fit(frame)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return nil, fmt.Errorf("encode a frame for the outside service: %w", err)
		}
		r.Frames = append(r.Frames, Frame{i, "image/jpeg", small.Rect.Dx(), small.Rect.Dy(), b.Bytes()})
	}
	return json.Marshal(r)
}

// fit lays the frame on white, at most maxSide wide and high.
func fit(frame *image.NRGBA) *image.RGBA {
	w, h := frame.Rect.Dx(), frame.Rect.Dy()
	if side := max(w, h); side > maxSide {
		w, h = max(1, w*maxSide/side), max(1, h*maxSide/side)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	if w == frame.Rect.Dx() && h == frame.Rect.Dy() {
		draw.Draw(out, out.Rect, frame, frame.Rect.Min, draw.Over)
	} else {
		draw.BiLinear.Scale(out, out.Rect, frame, frame.Rect, draw.Over, nil)
	}
	return out
}

// refused says that the service lives but cannot say anything of this picture.
type refused struct{ status string }

func (r refused) Error() string {
	return "the outside service cannot judge this picture: " + r.status
}

// ask sends one picture and checks the answer.
func (e *Eye) ask(ctx context.Context, p *signal.LoadedPicture) ([]signal.Signal, error) {
	body, err := e.compose(p)
	if err != nil {
		return nil, err
	}
	a, err := e.exchange(ctx, body)
	if err != nil {
		return nil, err
	}
	return e.signals(a, len(p.Frames)), nil
}

// exchange sends a request and reads the answer, within the timeout.
func (e *Eye) exchange(ctx context.Context, body []byte) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, e.o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.o.URL, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("ask the outside service: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "assay")
	if e.o.Token != "" {
		req.Header.Set("Authorization", "Bearer "+e.o.Token)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask the outside service: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnprocessableEntity:
		return Answer{}, refused{resp.Status}
	default:
		return Answer{}, fmt.Errorf("the outside service answered %s", resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, fmt.Errorf("read the outside service's answer: %w", err)
	}
	return readAnswer(data)
}

// Probe asks about a small grey picture, whatever the breaker says, and tells
// how long that took and which model answered.
func (e *Eye) Probe(ctx context.Context) (took time.Duration, model string, err error) {
	grey := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	draw.Draw(grey, grey.Rect, image.NewUniform(color.Gray{0xa0}), image.Point{}, draw.Src)
	body, err := e.compose(&signal.LoadedPicture{Hash: "probe", Frames: []*image.NRGBA{grey}})
	if err != nil {
		return 0, "", err
	}
	start := e.o.Now()
	a, err := e.exchange(ctx, body)
	return e.o.Now().Sub(start), a.model(), err
}
