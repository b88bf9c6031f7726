package console

import (
	"net/http"
	"net/url"
	"strings"

	"assay/internal/fault"
)

type signInView struct {
	Email  string
	Next   string
	Failed bool
	Demo   []DemoAccount
}

func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) error {
	if visitOf(r).known {
		http.Redirect(w, r, localPath(r.URL.Query().Get("next")), http.StatusSeeOther)
		return nil
	}
	return c.showSignIn(w, r, http.StatusOK, signInView{Next: localPath(r.URL.Query().Get("next"))})
}

func (c *Console) showSignIn(w http.ResponseWriter, r *http.Request, status int, v signInView) error {
	if c.Demo {
		v.Demo = c.DemoAccounts
	}
	return c.show(w, r, status, "signin", "signin.title", v)
}

// signIn starts a session under a new token, so that one planted before is
// worth nothing.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) error {
	email, next := r.PostFormValue("email"), localPath(r.PostFormValue("next"))
	a, err := c.Gate.SignIn(r.Context(), email, r.PostFormValue("password"), r.RemoteAddr)
	if fault.Is(err, fault.Unauthenticated) {
		return c.showSignIn(w, r, http.StatusUnauthorized, signInView{Email: email, Next: next, Failed: true})
	}
	if err != nil {
		return err
	}
	if err := c.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), "account", a.ID)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

// localPath is a path of this console, or "/" for anything that would lead
// elsewhere.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
