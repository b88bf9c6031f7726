package console

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"assay/internal/access"
	"assay/internal/fault"
)

// sessionLife is how long a sign-in holds: one long working day.
const sessionLife = 12 * time.Hour

// newSessions keeps sessions in the store, under the hash of their token, so
// that a stolen copy of the database opens nothing.
func newSessions(d Deps) *scs.SessionManager {
	m := scs.New()
	m.Store = sessionStore{d.Store, d.Now}
	m.Lifetime = sessionLife
	m.HashTokenInStore = true
	m.Cookie.Name = "assay_session"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = !d.PlainHTTP
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		d.Logger.Error("session", "path", r.URL.Path, "cause", err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	}
	return m
}

// sessionStore fits access.Store to scs.
type sessionStore struct {
	store access.Store
	now   func() time.Time
}

func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	b, err := s.store.Session(ctx, token, s.now())
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	return b, err == nil, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.store.PutSession(ctx, token, b, expiry)
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.store.DeleteSession(ctx, token)
}

func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
