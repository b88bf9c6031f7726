package console

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"assay/internal/access"
	"assay/internal/message"
)

// page is what the frame around every body needs.
type page struct {
	Title     string // in the reader's language
	Name      string // of the template; scripts and styles hang on it
	Path      string
	Back      string // this page's address, for forms that return to it
	Nav       []navItem
	Who       access.Principal
	Known     bool
	Lang      string
	Languages []languageChoice
	Theme     string
	Flash     *flash
	Demo      bool
	Version   string
	Body      any
}

type navItem struct {
	Href, Label, Key string
	Current          bool
}

type languageChoice struct {
	Code, Name string
	Current    bool
}

// flash is said once, on the page after a form was sent.
type flash struct {
	Kind string // "", "pass", "block", "review": as the CSS class
	Key  string // message
	Args []any
	Href string // more about it
}

// doors is the navigation in the order of the work; the key follows "g".
var doors = []struct {
	href, label, key string
	need             access.Permission
	only             func(access.Principal) bool
}{
	{"/", "nav.home", "h", "", func(p access.Principal) bool { return p.Role != access.Reviewer }},
	{"/queue", "nav.queue", "q", access.CaseRead, nil},
	{"/listings", "nav.listings", "l", access.ListingRead, func(p access.Principal) bool { return p.Role != access.Holder }},
	{"/search", "search.title", "w", access.SearchUse, nil},
	{"/searches", "saved.title", "v", access.SearchUse, nil},
	{"/sellers", "nav.sellers", "s", access.SellerRead, access.Principal.Staff},
	{"/closures", "closure.title", "c", access.EnforcementWrite, nil},
	{"/standing", "standing.mine", "m", access.SellerRead, func(p access.Principal) bool { return p.Role == access.Seller }},
	{"/notices", "notice.title", "n", access.NoticeRead, nil},
	{"/statements", "statement.list.title", "o", access.StatementRead, nil},
	{"/hearings", "hearing.title", "j", access.HearingRead, nil},
	{"/registry", "nav.registry", "r", access.RegistryRead, nil},
	{"/feeds", "nav.feeds", "f", access.ListingWrite, nil},
	{"/dry-run", "nav.dryrun", "d", access.ListingScreen, nil},
	{"/policy", "nav.policy", "p", access.PolicyRead, nil},
	{"/ledger", "nav.ledger", "e", access.SystemRead, nil},
	{"/desks", "desk.title", "t", access.AccountManage, nil},
	{"/accounts", "nav.accounts", "a", access.AccountManage, nil},
	{"/keys", "nav.keys", "k", access.AccountManage, nil},
}

// show renders a page. titleKey is a message; titleText may replace it.
func (c *Console) show(w http.ResponseWriter, r *http.Request, status int, name, titleKey string, body any) error {
	return c.showTitled(w, r, status, name, c.say(r, titleKey), body)
}

// showTitled renders into memory first, so that a failure half way becomes an
// error page and not half a page.
func (c *Console) showTitled(w http.ResponseWriter, r *http.Request, status int, name, title string, body any) error {
	v := visitOf(r)
	p := page{Title: title, Name: name, Path: r.URL.Path, Back: r.URL.RequestURI(), Who: v.who, Known: v.known, Lang: v.lang,
		Languages: c.choices(v.lang), Theme: v.theme, Demo: c.Demo, Version: c.Version, Body: body, Nav: c.navigation(r)}
	if r.Method != http.MethodGet {
		p.Back = "/"
	}
	p.Flash = c.takeFlash(r)
	var b bytes.Buffer
	if err := c.pages.of(v.lang, v.who.Zone).render(&b, name, "frame", p); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", v.lang)
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
	return nil
}

// showPart renders one named piece of a page, for live refresh.
func (c *Console) showPart(w http.ResponseWriter, r *http.Request, name, part string, body any) error {
	var b bytes.Buffer
	if err := c.pages.of(visitOf(r).lang, visitOf(r).who.Zone).render(&b, name, part, body); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
	return nil
}

// say is a message in the language of the request.
func (c *Console) say(r *http.Request, key string, args ...any) string {
	return message.For(visitOf(r).lang).T(key, args...)
}

func (c *Console) choices(lang string) []languageChoice {
	var out []languageChoice
	for _, l := range message.Languages() {
		out = append(out, languageChoice{Code: l.Code, Name: l.Name, Current: l.Code == lang})
	}
	return out
}

func (c *Console) navigation(r *http.Request) []navItem {
	v := visitOf(r)
	var out []navItem
	for _, d := range doors {
		if !v.known || d.need != "" && !v.who.Can(d.need) || d.only != nil && !d.only(v.who) {
			continue
		}
		current := r.URL.Path == d.href || d.href != "/" && strings.HasPrefix(r.URL.Path, d.href+"/") ||
			d.href == "/queue" && strings.HasPrefix(r.URL.Path, "/cases/") || d.href == "/searches" && r.URL.Path == "/alerts"
		out = append(out, navItem{d.href, c.say(r, d.label), "g " + d.key, current})
	}
	return out
}

// flashLater keeps a message for the next page.
func (c *Console) flashLater(r *http.Request, f flash) {
	q := url.Values{"kind": {f.Kind}, "key": {f.Key}, "href": {f.Href}}
	for _, a := range f.Args {
		if s, ok := a.(string); ok {
			q.Add("arg", s)
		}
	}
	c.sessions.Put(r.Context(), "flash", q.Encode())
}

func (c *Console) takeFlash(r *http.Request) *flash {
	raw := c.sessions.PopString(r.Context(), "flash")
	if raw == "" {
		return nil
	}
	q, err := url.ParseQuery(raw)
	if err != nil || q.Get("key") == "" {
		return nil
	}
	f := &flash{Kind: q.Get("kind"), Key: q.Get("key"), Href: q.Get("href")}
	for _, a := range q["arg"] {
		f.Args = append(f.Args, a)
	}
	return f
}
