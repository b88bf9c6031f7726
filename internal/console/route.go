package console

import (
	"net/http"
	"net/url"

	"assay/internal/access"
	"assay/internal/fault"
)

// serve is a handler that may fail; guard turns the failure into a page.
type serve func(w http.ResponseWriter, r *http.Request) error

type route struct {
	access.Route
	serve serve
}

// table is every way in. What a caller needs stands here and nowhere else;
// which rows he then sees is package access's scope.
func (c *Console) table() []route {
	need := func(method, pattern string, p access.Permission, s serve) route {
		return route{access.Route{Method: method, Pattern: pattern, Permission: p}, s}
	}
	open := func(method, pattern string, s serve) route {
		return route{access.Route{Method: method, Pattern: pattern, Public: true}, s}
	}
	return []route{
		open("GET", "/sign-in", c.signInPage),
		open("POST", "/sign-in", c.signIn),
		open("POST", "/sign-out", c.signOut),
		open("POST", "/preferences", c.preferences),
		need("GET", "/{$}", "", c.home),
		need("GET", "/pictures/{hash}", "", c.picture),

		need("GET", "/queue", access.CaseRead, c.queuePage),
		need("GET", "/queue/rows", access.CaseRead, c.queueRows),
		need("POST", "/queue/next", access.CaseDecide, c.nextCase),
		need("GET", "/cases/{id}", access.CaseRead, c.casePage),
		need("POST", "/cases/{id}/claim", access.CaseDecide, c.claimCase),
		need("POST", "/cases/{id}/release", access.CaseDecide, c.releaseCase),
		need("POST", "/cases/{id}/decide", access.CaseDecide, c.decideCase),

		need("GET", "/listings", access.ListingRead, c.listingsPage),
		need("GET", "/listings/{id}", access.ListingRead, c.listingPage),
		need("GET", "/search", access.SearchUse, c.searchPage),
		need("GET", "/searches", access.SearchUse, c.savedPage),
		need("POST", "/searches", access.SearchUse, c.saveSearch),
		need("GET", "/searches/{id}", access.SearchUse, c.savedForm),
		need("POST", "/searches/{id}", access.SearchUse, c.changeSearch),
		need("POST", "/searches/{id}/delete", access.SearchUse, c.deleteSearch),
		need("GET", "/alerts", access.SearchUse, c.alertsPage),
		need("POST", "/alerts/read", access.SearchUse, c.readAlerts),
		need("GET", "/sellers", access.SellerRead, c.sellersPage),
		need("GET", "/sellers/{id}", access.SellerRead, c.sellerPage),
		need("POST", "/sellers/{id}", access.SellerWrite, c.saveSeller),

		need("GET", "/registry", access.RegistryRead, c.registryHome),
		need("GET", "/registry/{kind}", access.RegistryRead, c.registryList),
		need("GET", "/registry/{kind}/new", access.RegistryWrite, c.registryNew),
		need("POST", "/registry/{kind}/new", access.RegistryWrite, c.registryCreate),
		need("GET", "/registry/{kind}/{id}", access.RegistryRead, c.registryDetail),
		need("POST", "/registry/assets/{id}/release", access.RegistryWrite, c.releaseAsset),
		need("GET", "/registry/{kind}/{id}/edit", access.RegistryWrite, c.registryEdit),
		need("POST", "/registry/{kind}/{id}/edit", access.RegistryWrite, c.registrySave),

		need("GET", "/feeds", access.ListingWrite, c.feedsPage),
		need("POST", "/feeds", access.ListingWrite, c.uploadFeed),
		need("GET", "/feeds/{id}", access.ListingWrite, c.feedPage),
		need("GET", "/feeds/{id}/state", access.ListingWrite, c.feedState),
		need("GET", "/feeds/{id}/rejects.csv", access.ListingWrite, c.feedRejects),
		need("GET", "/dry-run", access.ListingScreen, c.dryRunPage),
		need("POST", "/dry-run", access.ListingScreen, c.dryRun),

		need("GET", "/policy", access.PolicyRead, c.policyPage),
		need("GET", "/policy/{id}", access.PolicyRead, c.policyPage),
		need("GET", "/ledger", access.SystemRead, c.ledgerPage),
		need("POST", "/ledger/verify", access.SystemRead, c.verifyLedger),
		need("GET", "/accounts", access.AccountManage, c.accountsPage),
		need("GET", "/accounts/new", access.AccountManage, c.newAccount),
		need("POST", "/accounts/new", access.AccountManage, c.createAccount),
		need("GET", "/accounts/{id}", access.AccountManage, c.accountPage),
		need("POST", "/accounts/{id}", access.AccountManage, c.saveAccount),
		need("POST", "/accounts/{id}/password", access.AccountManage, c.savePassword),
		need("GET", "/keys", access.AccountManage, c.keysPage),
		need("POST", "/keys", access.AccountManage, c.createKey),
		need("POST", "/keys/{id}/revoke", access.AccountManage, c.revokeKey),
	}
}

// Routes lists every way in with what it needs.
func (c *Console) Routes() []access.Route {
	out := make([]access.Route, len(c.routes))
	for i, rt := range c.routes {
		out[i] = rt.Route
	}
	return out
}

// guard is the one place where a request is let in or not.
func (c *Console) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := c.arrive(w, r)
		if err != nil {
			c.fail(w, r.WithContext(withVisit(r.Context(), v)), err)
			return
		}
		ctx := withVisit(r.Context(), v)
		if v.known {
			ctx = access.With(ctx, v.who)
		}
		r = r.WithContext(ctx)
		switch {
		case rt.Admits(v.who, v.known):
			if err := rt.serve(w, r); err != nil {
				c.fail(w, r, err)
			}
		case !v.known:
			c.askToSignIn(w, r)
		default:
			c.fail(w, r, fault.New(fault.Forbidden, "no right to see this"))
		}
	})
}

// askToSignIn sends a reader to the sign-in page and back again. Fragments
// and posts cannot be repeated, so they only learn that they must.
func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Assay-Fragment") != "" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (c *Console) nowhere(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "there is no such page")
}

func (c *Console) crossOrigin(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.Forbidden, "this form was sent from another site")
}
