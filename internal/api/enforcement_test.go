package api

import (
	"net/http"
	"strings"
	"testing"

	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/seller"
)

func TestStandingThroughTheAPI(t *testing.T) {
	k := newKit(t)
	var c casefile.Case
	k.want(k.ask("reviewer", "GET", base+"/cases/case-a", nil), 200, &struct {
		Case *casefile.Case `json:"case"`
	}{&c})
	var f Forecasts
	k.want(k.ask("reviewer", "GET", base+"/sellers/"+shopA+"/preview?ground=counterfeit&ground=no_licence", nil), 200, &f)
	if len(f.Forecasts) != 2 || f.Forecasts[0].Cost.Strikes != 1 || f.Forecasts[1].Cost.Points != 2 || f.Account.Standing.Points != 0 {
		t.Fatalf("the preview is %+v", f)
	}
	k.want(k.ask("reviewer", "POST", base+"/cases/case-a/decision", map[string]any{"outcome": "block", "reason": "counterfeit", "version": c.Version}), 200, nil)
	var own enforcement.Overview
	k.want(k.ask("seller:a", "GET", base+"/sellers/"+shopA+"/standing", nil), 200, &own)
	if own.Standing.Strikes != 1 || len(own.Actions) != 2 || own.Actions[1].ActorID != "" || own.Ladder != "default@1" {
		t.Fatalf("the seller sees %+v", own)
	}
	k.wantProblem(k.ask("seller:b", "GET", base+"/sellers/"+shopA+"/standing", nil), 404, fault.NotFound)

	order := enforcement.Order{Kind: enforcement.Restrict, Reason: "identity", Note: "papers expired"}
	var done enforcement.Done
	w := k.ask("admin", "POST", base+"/sellers/"+shopA+"/actions", order, "Idempotency-Key", "once")
	k.want(w, 200, &done)
	again := k.ask("admin", "POST", base+"/sellers/"+shopA+"/actions", order, "Idempotency-Key", "once")
	if again.Body.String() != w.Body.String() {
		t.Errorf("the same request again gives %s", again.Body)
	}
	p := k.wantProblem(k.ask("seller:a", "PUT", base+"/listings/main/new", map[string]any{"offer": map[string]any{"title": "A cup"}}), 403, fault.Forbidden)
	if len(p.Errors) != 1 || p.Errors[0].Code != "shop_restricted" {
		t.Errorf("a restricted shop hears %+v", p)
	}
	var actions Page[enforcement.Action]
	k.want(k.ask("seller:a", "GET", base+"/sellers/"+shopA+"/actions?limit=2", nil), 200, &actions)
	if len(actions.Items) != 2 || actions.Next == "" || actions.Items[0].Note != "" {
		t.Errorf("the seller's actions are %+v", actions)
	}
	k.want(k.ask("admin", "POST", base+"/actions/"+done.Action.ID+"/reversal", enforcement.Undo{Reason: "cured", Note: "n"}), 200, nil)
	k.wantProblem(k.ask("admin", "POST", base+"/actions/"+done.Action.ID+"/reversal", enforcement.Undo{Reason: "cured", Note: "n"}), 409, fault.Conflict)
	k.want(k.ask("seller:a", "PUT", base+"/listings/main/new", map[string]any{"offer": map[string]any{"title": "A cup"}}), 201, nil)
	k.wantProblem(k.ask("admin", "POST", base+"/sellers/"+shopA+"/actions", enforcement.Order{Kind: "suspend", Reason: "other", Note: "n"}), 422, fault.Invalid)
}

func TestClosureThroughTheAPI(t *testing.T) {
	k := newKit(t)
	k.want(k.ask("reviewer", "POST", base+"/sellers/"+shopA+"/actions", enforcement.Order{Kind: enforcement.Close, Reason: "safety", Note: "n"}), 200, nil)
	var page Page[enforcement.Closure]
	k.want(k.ask("admin", "GET", base+"/closures?state=open", nil), 200, &page)
	if len(page.Items) != 1 {
		t.Fatalf("the proposals are %+v", page)
	}
	at := base + "/closures/" + page.Items[0].ID
	k.wantProblem(k.ask("reviewer", "POST", at+"/confirm", map[string]any{}), 403, fault.Forbidden)
	k.wantProblem(k.ask("admin", "POST", at+"/refuse", map[string]any{}), 422, fault.Invalid)
	k.want(k.ask("admin", "POST", at+"/confirm", map[string]any{}), 200, nil)
	var s seller.Seller
	k.want(k.ask("admin", "GET", base+"/sellers/"+shopA, nil), 200, &s)
	if s.Status != seller.Closed {
		t.Errorf("the shop is %s", s.Status)
	}
	p := k.wantProblem(k.ask("admin", "PUT", base+"/listings/main/L-a", map[string]any{"seller": "a", "offer": map[string]any{"title": "Another bag"}}), 403, fault.Forbidden)
	if p.Errors[0].Code != "shop_closed" {
		t.Errorf("a closed shop hears %+v", p)
	}
	if l, err := k.store.Listing(t.Context(), listing.ID("main", "L-a")); err == nil {
		t.Errorf("and yet there is %+v", l)
	}
	k.want(k.ask("reviewer", "POST", base+"/sellers/"+shopA+"/actions", enforcement.Order{Kind: enforcement.Reopen, Reason: "agreement", Note: "n"}), 200, nil)
}

func TestLadderThroughTheAPI(t *testing.T) {
	k := newKit(t)
	var v enforcement.Edition
	k.want(k.ask("reviewer", "GET", base+"/ladders/active", nil), 200, &v)
	if v.ID != "default@1" {
		t.Fatalf("in force is %s", v.ID)
	}
	p := k.wantProblem(k.ask("admin", "PUT", base+"/ladders", LadderIn{Source: strings.Replace(v.Source, "effect: restrict", "effect: jail", 1)}), 422, fault.Invalid)
	if !strings.HasPrefix(p.Errors[0].Path, "ladder.yaml:") {
		t.Errorf("problems %+v", p.Errors)
	}
	next := strings.Replace(v.Source, "number: 1", "number: 2", 1)
	k.want(k.ask("admin", "PUT", base+"/ladders", LadderIn{Source: next, Activate: true}), 200, &v)
	if v.ID != "default@2" || !v.Active {
		t.Errorf("saved %+v", v)
	}
	k.wantProblem(k.ask("admin", "PUT", base+"/ladders", LadderIn{Source: next + "\n# more"}), http.StatusConflict, fault.Conflict)
	k.wantProblem(k.ask("admin", "POST", base+"/ladders/none@1/activate", nil), 404, fault.NotFound)
}
