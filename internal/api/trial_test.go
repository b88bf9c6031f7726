package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"assay/internal/fault"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// A version of the policy is saved, compared, tried on the past, run as a
// shadow and put in force.
func TestPoliciesAreTriedBeforeTheyBite(t *testing.T) {
	k := newKit(t)
	text := string(policy.DefaultSource())
	strict := strings.NewReplacer("number: 1\n", "number: 2\n", "unlicensed_review: 0.50", "unlicensed_review: 0.40",
		"  - id: claim-sure\n", "  - id: claim-sure\n    automatic: true\n").Replace(text)
	var v verdict.Version
	k.want(k.ask("admin", "PUT", base+"/policies", map[string]any{"source": text, "activate": true}), 200, &v)
	k.want(k.ask("admin", "PUT", base+"/policies", map[string]any{"source": strict}), 200, &v)
	if v.Active || v.ID != "default@2" {
		t.Fatalf("saved %s, active %v", v.ID, v.Active)
	}
	var changes Page[policy.Change]
	k.want(k.ask("reviewer", "GET", base+"/policies/default@2/changes", nil), 200, &changes)
	names := ""
	for _, c := range changes.Items {
		names += c.Kind + " " + c.Name + ";"
	}
	if names != "value unlicensed_review;rule claim-sure;" {
		t.Errorf("changes: %s", names)
	}
	var rules Page[RuleShown]
	k.want(k.ask("reviewer", "GET", base+"/policies/default@2/rules", nil), 200, &rules)
	if len(rules.Items) == 0 || rules.Items[0].Acts {
		t.Errorf("rules: %+v", rules.Items)
	}

	var begun trial.BackTest
	k.want(k.ask("admin", "POST", base+"/policies/default@2/backtests", BackTestIn{From: noon.Add(-time.Hour), Until: noon.Add(time.Hour)}), 200, &begun)
	must(t, k.api.d.Bench.Run(t.Context(), []byte(`{"id":"`+begun.ID+`"}`)))
	var done Trial
	k.want(k.ask("reviewer", "GET", base+"/trials/"+begun.ID, nil), 200, &done)
	if done.BackTest.State != trial.Done || done.Summary.Looked != 2 {
		t.Errorf("back-test: %+v", done)
	}
	var rows Page[trial.Rejudged]
	k.want(k.ask("reviewer", "GET", base+"/trials/"+begun.ID+"/rows?changed=false", nil), 200, &rows)
	if len(rows.Items) != 2 {
		t.Errorf("rows: %+v", rows.Items)
	}
	k.wantProblem(k.ask("admin", "POST", base+"/policies/default@2/backtests", BackTestIn{From: noon, Until: noon}), 422, fault.Invalid)

	k.wantProblem(k.ask("reviewer", "GET", base+"/trials/shadow:default@2", nil), 404, fault.NotFound)
	k.want(k.ask("admin", "PUT", base+"/policies/default@2/shadow", nil), http.StatusNoContent, nil)
	k.want(k.ask("reviewer", "GET", base+"/trials/shadow:default@2", nil), 200, &done)
	k.wantProblem(k.ask("admin", "PUT", base+"/policies/default@1/shadow", nil), 409, fault.Conflict)
	k.want(k.ask("admin", "POST", base+"/policies/default@2/activate", nil), 200, &v)
	if !v.Active || v.Shadow {
		t.Errorf("in force: %+v", v)
	}
	k.wantProblem(k.ask("reviewer", "POST", base+"/policies/default@1/activate", nil), 403, fault.Forbidden)
	k.wantProblem(k.ask("admin", "POST", base+"/policies/none@1/activate", nil), 404, fault.NotFound)
}
