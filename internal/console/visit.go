package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/message"
)

const (
	languageCookie = "assay_language"
	themeCookie    = "assay_theme"
	aYear          = 365 * 24 * 60 * 60
)

// visit is what is known of one request: who asks, in which language, and how
// the page should look.
type visit struct {
	who   access.Principal
	known bool
	lang  string
	theme string // "", "light" or "dark"
}

type visitKey struct{}

func withVisit(ctx context.Context, v visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

func visitOf(r *http.Request) visit { v, _ := r.Context().Value(visitKey{}).(visit); return v }

// arrive finds out who is there. A session whose account is gone or disabled
// ends here.
func (c *Console) arrive(w http.ResponseWriter, r *http.Request) (visit, error) {
	v := visit{theme: themeOf(r)}
	var err error
	if id := c.sessions.GetString(r.Context(), "account"); id != "" {
		v.who, err = c.Gate.PrincipalOf(r.Context(), id)
		if fault.Is(err, fault.Unauthenticated) {
			err = c.sessions.Destroy(r.Context())
		} else {
			v.known = err == nil
		}
	}
	v.lang = c.languageOf(w, r, v.who)
	return v, err
}

// languageOf picks the reader's language: what he asks for just now, what he
// chose before, what his account says, what his browser says.
func (c *Console) languageOf(w http.ResponseWriter, r *http.Request, who access.Principal) string {
	if lang := r.URL.Query().Get("lang"); spoken(lang) {
		c.remember(w, languageCookie, lang)
		return lang
	}
	if k, err := r.Cookie(languageCookie); err == nil && spoken(k.Value) {
		return k.Value
	}
	if spoken(who.Language) {
		return who.Language
	}
	return message.Match(r.Header.Get("Accept-Language"))
}

func spoken(lang string) bool {
	return slices.ContainsFunc(message.Languages(), func(l message.Language) bool { return l.Code == lang })
}

func themeOf(r *http.Request) string {
	k, err := r.Cookie(themeCookie)
	if err != nil || (k.Value != "light" && k.Value != "dark") {
		return ""
	}
	return k.Value
}

// remember keeps a choice that is no secret. Script may read the theme, so
// that switching it needs no new page.
func (c *Console) remember(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: aYear, Secure: !c.PlainHTTP,
		HttpOnly: name != themeCookie, SameSite: http.SameSiteLaxMode})
}

// preferences keeps language and theme, in cookies and, for somebody known,
// the language in his account.
func (c *Console) preferences(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	if theme := r.PostFormValue("theme"); theme == "light" || theme == "dark" || theme == "auto" {
		c.remember(w, themeCookie, theme)
	}
	if lang := r.PostFormValue("lang"); spoken(lang) {
		c.remember(w, languageCookie, lang)
		if v.known {
			if err := c.keepChoice(r.Context(), v.who.ID, lang, ""); err != nil {
				return err
			}
		}
	}
	http.Redirect(w, r, localPath(r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}

// keepChoice keeps somebody's language or zone in his account; "" leaves it.
// It is his own business, so the ledger does not hear of it.
func (c *Console) keepChoice(ctx context.Context, accountID, lang, zone string) error {
	return c.Store.Atomic(ctx, func(ctx context.Context) error {
		a, err := c.Store.Account(ctx, accountID)
		if err != nil {
			return err
		}
		was := a
		a.Language, a.Zone = cmp.Or(lang, a.Language), cmp.Or(zone, a.Zone)
		if a == was {
			return nil
		}
		a.UpdatedAt = c.Now()
		return c.Store.PutAccount(ctx, a)
	})
}

// today is the moment of a request, for everything that is compared with it.
func (c *Console) today() time.Time { return c.Now().UTC() }
