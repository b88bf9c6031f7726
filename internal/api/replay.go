package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"assay/internal/fault"
)

// answer is a response as it is kept for an Idempotency-Key.
type answer struct {
	Type     string `json:"type,omitempty"`
	Location string `json:"location,omitempty"`
	Body     []byte `json:"body"`
}

// flights are the requests with an Idempotency-Key that run just now.
type flights struct {
	mu sync.Mutex
	at map[string]bool
}

func (f *flights) begin(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[string]bool{}
	}
	if f.at[name] {
		return false
	}
	f.at[name] = true
	return true
}

func (f *flights) end(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.at, name)
}

// replayed honours the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header).
// Operations that are not marked are repeatable by themselves, or keep secrets.
func (a *API) replayed(w way, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		switch {
		case key == "", !w.replays && !w.secret:
			next.ServeHTTP(rw, r)
		case w.secret:
			writeProblem(rw, newProblem(r.Context(), fault.Invalid, "this operation handles a secret that is not kept, so it takes no Idempotency-Key; leave it out"))
		case !validKey(key):
			writeProblem(rw, a.problem(r.Context(), errKeyForm()))
		default:
			a.once(rw, r, key, next)
		}
	})
}

func errKeyForm() error {
	return fault.New(fault.Invalid, "an Idempotency-Key has 1 to 200 printable ASCII characters")
}

func errFlying() error {
	return fault.New(fault.Conflict, "the first request with this Idempotency-Key is still running; wait for it")
}

// usedKey says in words of this door that a key belongs to another request.
func usedKey(err error) error {
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(err, fault.Conflict, "this Idempotency-Key was used for another request; use a new one")
	}
	return err
}

func validKey(key string) bool {
	for i := range len(key) {
		if key[i] < 0x20 || key[i] > 0x7e {
			return false
		}
	}
	return len(key) <= 200
}

// once answers from memory or runs the request and remembers its answer.
func (a *API) once(rw http.ResponseWriter, r *http.Request, key string, next http.Handler) {
	ctx, who := r.Context(), me(r.Context()).ID
	if !a.flying.begin(who + " " + key) {
		writeProblem(rw, a.problem(ctx, errFlying()))
		return
	}
	defer a.flying.end(who + " " + key)
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, a.d.Limits.Picture+1))
	if err != nil {
		writeProblem(rw, a.problem(ctx, fault.Wrap(err, fault.TooLarge, "the request body could not be read whole; send less, or faster")))
		return
	}
	hash := requestHash(r, body)
	if done, err := a.recall(rw, r, key, hash); done || err != nil {
		if err != nil {
			writeProblem(rw, a.problem(ctx, err))
		}
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	kept := &keeping{ResponseWriter: rw}
	next.ServeHTTP(kept, r)
	a.remember(r, key, hash, kept)
}

// requestHash is over what makes two requests the same.
func requestHash(r *http.Request, body []byte) string {
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Content-Type")} {
		io.WriteString(h, part)
		h.Write([]byte{0})
	}
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// recall writes the answer kept for a key and reports whether there was one.
func (a *API) recall(rw http.ResponseWriter, r *http.Request, key, hash string) (bool, error) {
	status, data, found, err := a.d.Store.Recall(r.Context(), me(r.Context()).ID, key, hash)
	if err != nil || !found {
		return false, usedKey(err)
	}
	var kept answer
	if err := json.Unmarshal(data, &kept); err != nil {
		return false, err
	}
	set := func(name, value string) {
		if value != "" {
			rw.Header().Set(name, value)
		}
	}
	set("Content-Type", kept.Type)
	set("Location", kept.Location)
	set("Idempotent-Replay", "true")
	rw.WriteHeader(status)
	_, _ = rw.Write(kept.Body) // the reader has gone; nothing is left to do
	return true, nil
}

// remember keeps an answer that would be the same again: success and refusals
// of content, not ours or temporary ones.
func (a *API) remember(r *http.Request, key, hash string, k *keeping) {
	switch {
	case k.status == 0, k.status >= 500, k.status == http.StatusTooManyRequests, k.status == http.StatusConflict:
		return
	}
	data, err := json.Marshal(answer{Type: k.Header().Get("Content-Type"), Location: k.Header().Get("Location"), Body: k.body.Bytes()})
	if err == nil {
		err = a.d.Store.Remember(r.Context(), me(r.Context()).ID, key, hash, k.status, data, a.d.Now())
	}
	if err != nil { // the work is done and answered; a repeat will do it again
		a.d.Logger.LogAttrs(r.Context(), slog.LevelWarn, "answer not kept for its idempotency key", slog.String("request", visitOf(r.Context()).id), slog.Any("error", err))
	}
}

// keeping is a response that is copied while it is written.
type keeping struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeping) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeping) Write(b []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

func (k *keeping) Unwrap() http.ResponseWriter { return k.ResponseWriter }
