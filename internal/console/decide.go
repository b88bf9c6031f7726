package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/verdict"
)

// claimCase takes a case, or renews the claim on it. Script renews with the
// version it shows and learns the new one; if anything else changed in
// between, it learns that instead.
func (c *Console) claimCase(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	renew := r.Header.Get("Assay-Fragment") != ""
	if renew && r.PostFormValue("version") != strconv.Itoa(k.Version) {
		return fault.New(fault.Conflict, "this case was changed while you were reading it")
	}
	k, err = c.Desk.Claim(r.Context(), k.ID, actor(r))
	if renew {
		if err == nil {
			w.Header().Set("Assay-Version", strconv.Itoa(k.Version))
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
	return c.backToCase(w, r, k.ID, err)
}

func (c *Console) releaseCase(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	_, err = c.Desk.Release(r.Context(), k.ID, actor(r))
	return c.backToCase(w, r, k.ID, err)
}

// decideCase answers a case and goes on to the next one of the same queue.
// The answer is "block:counterfeit", because one button carries both.
func (c *Console) decideCase(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	outcome, reason, _ := strings.Cut(r.PostFormValue("answer"), ":")
	version, err := strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the form is not complete")
	}
	answer := casefile.Answer{Outcome: verdict.Decision(outcome), Reason: reason, Note: strings.TrimSpace(r.PostFormValue("note")), Version: version,
		Innocent: reason == casefile.NotTheSame && r.PostFormValue("innocent") == "yes"}
	k2, err := c.Desk.Decide(r.Context(), k.ID, answer, actor(r))
	if err != nil {
		return c.backToCase(w, r, k.ID, err)
	}
	key := "case.decided." + outcome
	if k2.ProposalID != "" {
		outcome, key = "review", "queue.second.done"
	}
	c.flashLater(r, flash{Kind: outcome, Key: key, Args: []any{explain.Plain(k2.Title)}, Href: casePath(k.ID, "")})
	q, err := url.ParseQuery(r.PostFormValue("queue"))
	if err != nil {
		q = nil
	}
	return c.goOn(w, r, filterOf(q))
}

// backToCase shows the case again; a conflict is said there and not on an
// error page, because the reviewer wants to see what became of it.
func (c *Console) backToCase(w http.ResponseWriter, r *http.Request, id string, err error) error {
	if fault.Is(err, fault.Conflict) {
		c.flashLater(r, flash{Kind: "review", Key: "case.conflict"})
		err = nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, casePath(id, r.PostFormValue("queue")), http.StatusSeeOther)
	return nil
}
