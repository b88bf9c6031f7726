package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"assay/internal/casefile"
	"assay/internal/hearing"
	"assay/internal/statement"
	"assay/internal/verdict"
)

// block decides the case of org against its seller.
func (k *kit) block(org string) casefile.Decision {
	k.t.Helper()
	c, err := k.store.Case(context.Background(), "case-"+org)
	must(k.t, err)
	c, err = k.api.d.Desk.Decide(context.Background(), c.ID, casefile.Answer{Outcome: verdict.Block, Reason: "no_licence", Version: c.Version}, casefile.Actor{ID: "reviewer", Name: "R"})
	must(k.t, err)
	return *c.Decision
}

func TestStatementsAreReadByWhomTheyConcern(t *testing.T) {
	k := newKit(t)
	k.block("a")
	var list Page[statement.Statement]
	k.want(k.ask("seller:a", "GET", "/api/v1/statements", nil), http.StatusOK, &list)
	if len(list.Items) != 1 {
		t.Fatalf("%d letters", len(list.Items))
	}
	path := "/api/v1/statements/" + list.Items[0].ID
	for as, want := range map[string]struct {
		status int
		kind   statement.Audience
	}{"seller:a": {http.StatusOK, statement.ForSeller}, "holder:a": {http.StatusOK, statement.ForNotifier}, "reviewer": {http.StatusOK, statement.ForSeller},
		"seller:b": {http.StatusNotFound, ""}, "holder:b": {http.StatusNotFound, ""}} {
		var v StatementView
		w := k.ask(as, "GET", path, nil)
		if w.Code != want.status {
			t.Errorf("%s gets %d", as, w.Code)
			continue
		}
		if w.Code == http.StatusOK {
			k.want(w, http.StatusOK, &v)
			if v.For != want.kind || v.Document == nil || v.Text == "" {
				t.Errorf("%s reads %s: %+v", as, v.For, v.Document)
			}
			if as == "holder:a" && (v.Statement.SellerID != "" || v.Statement.Effects != nil) {
				t.Errorf("the holder is told of the shop: %+v", v.Statement)
			}
		}
	}
	k.wantProblem(k.ask("seller:a", "GET", path+"?for=dsa", nil), http.StatusForbidden, "forbidden")
	for header, want := range map[string]string{"ko-KR, en;q=0.5": "판매 중지", "it": "Rimozione", "zh-Hans": "下架"} {
		var v StatementView
		k.want(k.ask("seller:a", "GET", path, nil, "Accept-Language", header), http.StatusOK, &v)
		if !strings.Contains(v.Document.Title, want) {
			t.Errorf("%s: %q", header, v.Document.Title)
		}
	}
}

func TestBatchesForTheDSADatabase(t *testing.T) {
	k := newKit(t)
	s := statement.Statement{ID: "big", Kind: statement.Removed, SellerID: shopA, Ground: statement.Ground{Code: "counterfeit", Clause: "counterfeit"}, Source: statement.Own, Decided: statement.ByPerson, From: noon, CreatedAt: noon}
	for range 230 {
		s.Goods = append(s.Goods, statement.Goods{Since: noon})
	}
	must(t, k.store.AddStatement(context.Background(), s))
	k.block("a")
	seen, after := map[string]bool{}, ""
	for _, want := range []int{100, 100, 31} {
		var b DSABatch
		k.want(k.ask("admin", "GET", "/api/v1/dsa/statements?after="+after, nil), http.StatusOK, &b)
		if len(b.Statements) != want || len(b.Refused) != 0 {
			t.Fatalf("a batch of %d, want %d; refused %+v", len(b.Statements), want, b.Refused)
		}
		for _, r := range b.Statements {
			if seen[r.PUID] {
				t.Errorf("%s is in two batches", r.PUID)
			}
			seen[r.PUID] = true
		}
		after = b.Next
	}
	if after != "" {
		t.Errorf("there is more: %q", after)
	}
	k.wantProblem(k.ask("admin", "GET", "/api/v1/dsa/statements?after=x~-1", nil), http.StatusUnprocessableEntity, "invalid")
}

func TestPartiesAreHeard(t *testing.T) {
	k := newKit(t)
	k.complained = map[string]string{"case-a": "holder-a"}
	k.block("a")
	var list Page[hearing.Hearing]
	k.want(k.ask("seller:a", "GET", "/api/v1/hearings?open=true", nil), http.StatusOK, &list)
	path := "/api/v1/hearings/" + list.Items[0].ID
	var d hearing.Document
	k.want(k.ask("seller:a", "POST", "/api/v1/documents?name=..%2Finvoice%0A.pdf", []byte("%PDF-1.7 x")), http.StatusCreated, &d)
	if d.Name != "invoice.pdf" || d.Type != "application/pdf" {
		t.Errorf("kept as %+v", d)
	}
	k.wantProblem(k.ask("seller:a", "POST", "/api/v1/documents?name=x.pdf", []byte("MZ\x90\x00")), http.StatusUnprocessableEntity, "invalid")
	answer := hearing.Saying{Stance: hearing.Licensed, Text: "Here it is.", Documents: []hearing.Document{d}}
	for as, status := range map[string]int{"seller:b": http.StatusNotFound, "holder:a": http.StatusForbidden, "reviewer": http.StatusForbidden} {
		if w := k.ask(as, "POST", path+"/answer", answer); w.Code != status {
			t.Errorf("%s answers: %d %s", as, w.Code, w.Body)
		}
	}
	k.want(k.ask("seller:a", "POST", path+"/answer", answer), http.StatusOK, nil)
	var h hearing.Hearing
	k.want(k.ask("holder:a", "GET", path, nil), http.StatusOK, &h)
	if h.State != hearing.AwaitsComplainant || len(h.Words) != 1 || h.Words[0].Text != "Here it is." || h.Words[0].Documents != nil || h.Words[0].ActorID != "" {
		t.Errorf("the complainant reads %+v", h)
	}
	k.want(k.ask("holder:a", "POST", path+"/reply", hearing.Saying{Stance: hearing.Withdraws}), http.StatusOK, &h)
	if h.End != hearing.Withdrawn {
		t.Errorf("it ended %s", h.End)
	}
	var back Page[hearing.Restitution]
	k.want(k.ask("seller:a", "GET", "/api/v1/restitutions", nil), http.StatusOK, &back)
	if len(back.Items) != 1 {
		t.Errorf("%d restitutions", len(back.Items))
	}
	k.want(k.ask("seller:b", "GET", "/api/v1/restitutions", nil), http.StatusOK, &back)
	if len(back.Items) != 0 {
		t.Errorf("another seller reads %+v", back.Items)
	}
}
