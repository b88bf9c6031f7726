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
		need("POST", "/queue/views", access.CaseDecide, c.saveView),
		need("POST", "/queue/views/{id}/delete", access.CaseDecide, c.deleteView),
		need("GET", "/cases/{id}", access.CaseRead, c.casePage),
		need("POST", "/cases/{id}/hold", access.CaseDecide, c.holdCase),
		need("POST", "/cases/{id}/handover", access.CaseDecide, c.handOverCase),
		need("POST", "/cases/{id}/ask", access.CaseDecide, c.askAboutCase),
		need("POST", "/cases/{id}/opinion", access.CaseDecide, c.opineOnCase),
		need("POST", "/cases/{id}/notes", access.CaseDecide, c.noteOnCase),
		need("POST", "/cases/{id}/claim", access.CaseDecide, c.claimCase),
		need("POST", "/cases/{id}/release", access.CaseDecide, c.releaseCase),
		need("POST", "/cases/{id}/decide", access.CaseDecide, c.decideCase),

		need("GET", "/notices", access.NoticeRead, c.noticesPage),
		need("POST", "/notices", access.NoticeWrite, c.createNotice),
		need("GET", "/notices/new", access.NoticeWrite, c.newNotice),
		need("GET", "/notices/{id}", access.NoticeRead, c.noticePage),
		need("POST", "/notices/{id}", access.NoticeWrite, c.completeNotice),
		need("POST", "/notices/{id}/withdraw", access.NoticeWrite, c.withdrawNotice),

		need("POST", "/cases/{id}/similar", access.CaseDecide, c.findSimilar),
		need("GET", "/similar/{id}", access.CaseDecide, c.similarPage),
		need("POST", "/similar/{id}/select", access.CaseDecide, c.selectSimilar),
		need("POST", "/similar/{id}/decide", access.CaseDecide, c.decideSimilar),
		need("POST", "/similar/{id}/undo", access.CaseDecide, c.undoSimilar),

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
		need("GET", "/standing", access.SellerRead, c.myStanding),
		need("GET", "/sellers/{id}/standing", access.SellerRead, c.standingPage),
		need("POST", "/sellers/{id}/actions", access.EnforcementWrite, c.actOnShop),
		need("POST", "/actions/{id}/reverse", access.EnforcementWrite, c.reverseAction),
		need("GET", "/closures", access.EnforcementWrite, c.closuresPage),
		need("POST", "/closures/{id}/confirm", access.EnforcementWrite, c.confirmClosure),
		need("POST", "/closures/{id}/refuse", access.EnforcementWrite, c.refuseClosure),
		need("GET", "/ladder", access.PolicyRead, c.ladderPage),
		need("GET", "/ladder/{id}", access.PolicyRead, c.ladderPage),
		need("POST", "/ladder", access.PolicyWrite, c.saveLadder),
		need("POST", "/ladder/{id}/activate", access.PolicyWrite, c.activateLadder),

		need("GET", "/statements", access.StatementRead, c.statementsPage),
		need("GET", "/statements/{id}", access.StatementRead, c.statementPage),
		need("GET", "/statements/{id}/appeal", access.HearingWrite, c.objectionPage),
		need("POST", "/statements/{id}/appeal", access.HearingWrite, c.object),
		need("GET", "/hearings", access.HearingRead, c.hearingsPage),
		need("GET", "/hearings/{id}", access.HearingRead, c.hearingPage),
		need("POST", "/hearings/{id}/say/{deed}", access.HearingWrite, c.sayInHearing),
		need("POST", "/hearings/{id}/extend", access.HearingWrite, c.extendHearing),
		need("GET", "/hearings/{id}/documents/{hash}", access.HearingRead, c.hearingDocument),
		need("GET", "/listings/{id}/cure", access.ListingWrite, c.curingPage),
		need("POST", "/listings/{id}/cure", access.ListingWrite, c.cureListing),

		need("GET", "/registry", access.RegistryRead, c.registryHome),
		need("GET", "/registry/{kind}", access.RegistryRead, c.registryList),
		need("GET", "/registry/assets/catalogue", access.RegistryWrite, c.cataloguePage),
		need("POST", "/registry/assets/catalogue", access.RegistryWrite, c.uploadCatalogue),
		need("GET", "/registry/assets/sought", access.RegistryWrite, c.shiftPage),
		need("POST", "/registry/assets/sought", access.RegistryWrite, c.shift),
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
		need("GET", "/policy/new", access.PolicyWrite, c.policyForm),
		need("POST", "/policy", access.PolicyWrite, c.savePolicy),
		need("GET", "/policy/{id}", access.PolicyRead, c.policyPage),
		need("POST", "/policy/{id}/activate", access.PolicyWrite, c.activatePolicy),
		need("POST", "/policy/{id}/shadow", access.PolicyWrite, c.shadowPolicy),
		need("POST", "/policy/{id}/backtests", access.PolicyWrite, c.beginBackTest),
		need("GET", "/trials/{id}", access.PolicyRead, c.trialPage),
		need("GET", "/trials/{id}/state", access.PolicyRead, c.trialState),
		need("GET", "/ledger", access.SystemRead, c.ledgerPage),
		need("POST", "/ledger/verify", access.SystemRead, c.verifyLedger),
		need("GET", "/desks", access.AccountManage, c.desksPage),
		need("GET", "/desks/new", access.AccountManage, c.newDesk),
		need("POST", "/desks/new", access.AccountManage, c.createDesk),
		need("GET", "/desks/{id}", access.AccountManage, c.deskPage),
		need("POST", "/desks/{id}", access.AccountManage, c.saveDesk),
		need("POST", "/desks/{id}/delete", access.AccountManage, c.deleteDesk),
		need("GET", "/settings", "", c.settingsPage),
		need("POST", "/settings", "", c.saveSettings),
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
