package outside

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
)

// service is a real HTTP server whose answer a test chooses.
type service struct {
	t      *testing.T
	eye    *Eye
	server *httptest.Server
	answer atomic.Pointer[http.HandlerFunc]
	asked  atomic.Int64
	clock  time.Time
}

func newService(t *testing.T, change func(*Options)) *service {
	t.Helper()
	s := &service{t: t, clock: time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.server.Close)
	o := Options{URL: s.server.URL, Timeout: 10 * time.Second, MinScore: 0.3, Now: func() time.Time { return s.clock }, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	var err error
	if s.eye, err = New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.eye.client.CloseIdleConnections)
	for _, a := range []registry.Asset{
		{ID: "badge", BrandID: "veltrana", RightID: "right", Kind: registry.AssetBadge, Label: "Fast Delivery", Picture: "sha256:badge"},
		{ID: "twin-1", BrandID: "veltrana", Kind: registry.AssetMark, Label: "Twin"},
		{ID: "twin-2", BrandID: "veltrana", Kind: registry.AssetMark, Label: "twin"},
	} {
		if err := s.eye.Learn(t.Context(), signal.Known{Asset: a}); err != nil {
			t.Fatal(err)
		}
	}
	s.says(`{"version": 1, "model": "m-1", "findings": []}`)
	return s
}

func (s *service) does(h http.HandlerFunc) { s.answer.Store(&h) }

func (s *service) says(body string) {
	s.does(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
}

func (s *service) breaks() {
	s.does(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "out of memory", http.StatusInternalServerError)
	})
}

func shown(w, h, frames int) *signal.LoadedPicture {
	p := &signal.LoadedPicture{Hash: "sha256:listing"}
	for range frames {
		p.Frames = append(p.Frames, image.NewNRGBA(image.Rect(0, 0, w, h)))
	}
	return p
}

func (s *service) look() ([]signal.Signal, error) {
	return s.eye.Look(s.t.Context(), shown(8, 8, 1))
}

// open lets the service fail until it is not asked any more.
func (s *service) open() {
	s.t.Helper()
	s.breaks()
	for range openAfter {
		if _, err := s.look(); err == nil || errors.Is(err, signal.ErrAway) {
			s.t.Fatalf("a failure came back as %v", err)
		}
	}
	if got := s.eye.Status().State; got != Open {
		s.t.Fatalf("after %d failures the breaker is %s", openAfter, got)
	}
}

func TestWhatIsSent(t *testing.T) {
	s := newService(t, func(o *Options) { o.Token = "secret" })
	var got Request
	s.does(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Authorization") != "Bearer secret" {
			t.Errorf("%s with %v", r.Method, r.Header)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `{"version": 1, "findings": []}`)
	})
	p := shown(2*maxSide, 300, maxFrames+2) // transparent: buyers see the page behind it
	draw.Draw(p.Frames[1], image.Rect(0, 0, 2*maxSide, 300), image.NewUniform(color.NRGBA{200, 0, 0, 255}), image.Point{}, draw.Src)
	if _, err := s.eye.Look(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if got.Version != 1 || got.Hash != "sha256:listing" || len(got.Frames) != maxFrames || got.Limits.TimeMS != 10_000 || got.Limits.MinScore != 0.3 {
		t.Errorf("sent version %d, hash %s, %d frames, limits %+v", got.Version, got.Hash, len(got.Frames), got.Limits)
	}
	for i, want := range []color.Gray{{255}, {60}} {
		f := got.Frames[i]
		img, err := jpeg.Decode(strings.NewReader(string(f.Data)))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dx() != maxSide || b.Dy() != 150 || f.Width != maxSide || f.Height != 150 || f.Index != i || f.Media != "image/jpeg" {
			t.Errorf("frame %d is %v and says %dx%d", i, b, f.Width, f.Height)
		}
		if grey := color.GrayModel.Convert(img.At(500, 70)).(color.Gray); max(grey.Y, want.Y)-min(grey.Y, want.Y) > 4 {
			t.Errorf("frame %d has grey %d, want %d", i, grey.Y, want.Y)
		}
	}
}

func TestFindingsAreChecked(t *testing.T) {
	square := `[{"x":0.1,"y":0.1},{"x":0.5,"y":0.1},{"x":0.5,"y":0.4}]`
	long := "[" + strings.Repeat(`{"x":0.2,"y":0.3},`, maxOutline) + `{"x":0.9,"y":0.8}]`
	for name, c := range map[string]struct {
		finding string
		want    string // kind, score, points; "" for none
		dropped string
	}{
		"good":                   {`{"asset_id":"badge","kind":"picture.mark","score":0.9,"outline":` + square + `}`, "picture.mark 0.9 3", ""},
		"by its label":           {`{"label":" fast delivery","kind":"outside.match","score":0.9}`, "outside.match 0.9 0", ""},
		"label of two":           {`{"label":"twin","kind":"picture.mark","score":0.9}`, "", "unknown_asset"},
		"unknown asset":          {`{"asset_id":"nobody","label":"Fast Delivery","kind":"picture.mark","score":0.9}`, "", "unknown_asset"},
		"nothing named":          {`{"kind":"picture.mark","score":0.9}`, "", "unknown_asset"},
		"score over 1":           {`{"asset_id":"badge","kind":"picture.part","score":7}`, "picture.part 1 0", ""},
		"weak":                   {`{"asset_id":"badge","kind":"picture.part","score":0.29}`, "", ""},
		"negative":               {`{"asset_id":"badge","kind":"picture.part","score":-3}`, "", ""},
		"a kind not for it":      {`{"asset_id":"badge","kind":"detector.failed","score":0.9}`, "", "unknown_kind"},
		"no such frame":          {`{"asset_id":"badge","kind":"picture.mark","score":0.9,"frame":1}`, "", "bad_frame"},
		"outline outside":        {`{"asset_id":"badge","kind":"picture.mark","score":0.9,"outline":[{"x":-4,"y":0},{"x":9,"y":0},{"x":9,"y":7}]}`, "picture.mark 0.9 3", ""},
		"outline of a line":      {`{"asset_id":"badge","kind":"picture.mark","score":0.9,"outline":[{"x":0,"y":0.5},{"x":1,"y":0.5},{"x":0.3,"y":0.5}]}`, "picture.mark 0.9 0", ""},
		"outline too fine":       {`{"asset_id":"badge","kind":"picture.mark","score":0.9,"outline":` + long + `}`, "picture.mark 0.9 4", ""},
		"said twice, best first": {`{"asset_id":"badge","kind":"picture.mark","score":0.5},{"asset_id":"badge","kind":"picture.mark","score":0.8}`, "picture.mark 0.8 0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, nil)
			s.says(`{"version": 1, "model": "clip/7 ☃", "findings": [` + c.finding + `]}`)
			list, err := s.look()
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range list {
				got += fmt.Sprintf("%s %v %d", f.Kind, f.Score, len(f.Sighting.Outline))
				if f.Detector != "outside/1 clip/7" || f.AssetID != "badge" || f.BrandID != "veltrana" || f.RightID != "right" || f.Sighting.AssetPicture != "sha256:badge" {
					t.Errorf("signal %+v", f)
				}
				for _, p := range f.Sighting.Outline {
					if p.X < 0 || p.X > 1 || p.Y < 0 || p.Y > 1 {
						t.Errorf("the outline leaves the picture: %v", p)
					}
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for reason, n := range s.eye.Status().Dropped {
				if (n > 0) != (reason == c.dropped) {
					t.Errorf("%d dropped as %s, want %q", n, reason, c.dropped)
				}
			}
		})
	}
}

func TestTooManyFindings(t *testing.T) {
	s := newService(t, nil)
	one := `{"asset_id":"nobody","kind":"picture.mark","score":0.4},`
	s.says(`{"version": 1, "findings": [` + strings.Repeat(one, 300) + `{"asset_id":"badge","kind":"picture.mark","score":0.9}]}`)
	list, err := s.look()
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v: the strongest must survive", list, err)
	}
	if d := s.eye.Status().Dropped; d["too_many"] != 201 || d["unknown_asset"] != maxFindings-1 {
		t.Errorf("dropped %v", d)
	}
}

func TestForgottenAssetsAreUnknown(t *testing.T) {
	s := newService(t, nil)
	s.says(`{"version": 1, "findings": [{"label":"twin","kind":"picture.mark","score":0.9},{"asset_id":"badge","kind":"picture.mark","score":0.9}]}`)
	s.eye.Forget("badge")
	s.eye.Forget("twin-1")
	list, err := s.look()
	if err != nil || len(list) != 1 || list[0].AssetID != "twin-2" {
		t.Errorf("%v, %v", list, err)
	}
}

// Every answer that is none opens the breaker in the end.
func TestBadAnswersOpenTheBreaker(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	for name, answer := range map[string]http.HandlerFunc{
		"server error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"wrong token":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		},
		"garbage":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>It works!</html>") },
		"another's JSON": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"version": 1}`) },
		"another version": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"version": 2, "findings": []}`)
		},
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"version": 1, "findings": [], "x": "`)
			for chunk := strings.Repeat("x", 64<<10); ; {
				if _, err := io.WriteString(w, chunk); err != nil {
					return // Assay has hung up
				}
			}
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"version": 1, "findings": []`)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-stop:
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, func(o *Options) {
				if name == "slow" {
					o.Timeout = 10 * time.Millisecond
				}
			})
			s.does(answer)
			for range openAfter {
				if _, err := s.look(); err == nil || errors.Is(err, signal.ErrAway) {
					t.Fatalf("a bad answer came back as %v", err)
				}
			}
			if _, err := s.look(); !errors.Is(err, signal.ErrAway) {
				t.Errorf("then %v", err)
			}
			st := s.eye.Status()
			if st.State != Open || st.Failed != openAfter || st.Away != 1 || st.LastError == "" || s.asked.Load() != openAfter {
				t.Errorf("%+v after %d requests", st, s.asked.Load())
			}
		})
	}
}

func TestRecovery(t *testing.T) {
	s := newService(t, nil)
	s.open()
	asked := s.asked.Load()
	s.clock = s.clock.Add(pause - time.Second)
	if _, err := s.look(); !errors.Is(err, signal.ErrAway) || s.asked.Load() != asked {
		t.Fatalf("before the pause is over: %v, %d requests", err, s.asked.Load()-asked)
	}
	s.clock = s.clock.Add(time.Second)
	if got := s.eye.Status().State; got != HalfOpen {
		t.Fatalf("after the pause the breaker is %s", got)
	}
	if _, err := s.look(); !errors.Is(err, signal.ErrAway) || s.asked.Load() != asked+1 {
		t.Fatalf("a probe that fails: %v, %d requests", err, s.asked.Load()-asked)
	}
	if _, err := s.look(); !errors.Is(err, signal.ErrAway) || s.asked.Load() != asked+1 {
		t.Fatalf("after it the pause begins again: %v, %d requests", err, s.asked.Load()-asked)
	}
	s.clock = s.clock.Add(pause)
	s.says(`{"version": 1, "findings": [{"asset_id":"badge","kind":"picture.mark","score":0.9}]}`)
	for range 2 {
		if list, err := s.look(); err != nil || len(list) != 1 {
			t.Fatalf("back: %v, %v", list, err)
		}
	}
	if st := s.eye.Status(); st.State != Closed || st.Answered != 2 {
		t.Errorf("%+v", st)
	}
}

func TestOnePictureProbes(t *testing.T) {
	s := newService(t, nil)
	s.open()
	s.clock = s.clock.Add(pause)
	arrived, answer := make(chan struct{}), make(chan struct{})
	s.does(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived) // panics when a second request comes
		<-answer
		_, _ = io.WriteString(w, `{"version": 1, "findings": []}`)
	})
	done := make(chan error)
	go func() { _, err := s.look(); done <- err }()
	<-arrived
	if _, err := s.look(); !errors.Is(err, signal.ErrAway) {
		t.Errorf("beside the probe: %v", err)
	}
	close(answer)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRequiredCallsAPerson(t *testing.T) {
	s := newService(t, func(o *Options) { o.Required = true })
	s.open()
	if _, err := s.look(); err == nil || errors.Is(err, signal.ErrAway) {
		t.Errorf("required and down: %v", err)
	}
}

// One who goes away says nothing of the service, and gives the probe back.
func TestCancelledRequestsDoNotCount(t *testing.T) {
	s := newService(t, nil)
	s.open()
	s.clock = s.clock.Add(pause)
	ctx, cancel := context.WithCancel(t.Context())
	s.does(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	if _, err := s.eye.Look(ctx, shown(8, 8, 1)); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	s.says(`{"version": 1, "findings": []}`)
	if _, err := s.look(); err != nil {
		t.Errorf("the probe was lost: %v", err)
	}
}

func TestOnePictureThatCannotBeJudged(t *testing.T) {
	s := newService(t, nil)
	s.does(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnprocessableEntity) })
	for range 2 * openAfter {
		if _, err := s.look(); err == nil || errors.Is(err, signal.ErrAway) {
			t.Fatalf("refused: %v", err)
		}
	}
	if st := s.eye.Status(); st.State != Closed {
		t.Errorf("refusing single pictures opens the breaker: %+v", st)
	}
}

func TestProbe(t *testing.T) {
	s := newService(t, nil)
	if _, model, err := s.eye.Probe(t.Context()); err != nil || model != "m-1" {
		t.Errorf("%q, %v", model, err)
	}
	s.breaks()
	if _, _, err := s.eye.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("%v", err)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no address":  {},
		"a file":      {URL: "file:///etc/passwd"},
		"no host":     {URL: "http:///look"},
		"score":       {URL: "http://x/", MinScore: 1.5},
		"a long time": {URL: "http://x/", Timeout: time.Hour},
	} {
		if _, err := New(o); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"version":1,"findings":[{"asset_id":"badge","kind":"picture.mark","score":0.5,"outline":[{"x":0,"y":0},{"x":1,"y":0},{"x":1,"y":2}]}]}`))
	f.Add([]byte(`{"version":1,"model":"` + base64.StdEncoding.EncodeToString(make([]byte, 90)) + `","findings":[]}`))
	e, err := New(Options{URL: "http://service/"})
	if err != nil {
		f.Fatal(err)
	}
	if err := e.Learn(f.Context(), signal.Known{Asset: registry.Asset{ID: "badge", Label: "b"}}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := readAnswer(data)
		if err != nil {
			return
		}
		list := e.signals(a, 2)
		if len(list) > maxFindings {
			t.Fatalf("%d findings", len(list))
		}
		for _, s := range list {
			if !(s.Score >= 0 && s.Score <= 1) || s.AssetID != "badge" || len(s.Sighting.Outline) > maxOutline || len(s.Detector) > 60 {
				t.Fatalf("%+v", s)
			}
		}
	})
}
