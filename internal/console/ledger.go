package console

import (
	"net/http"
	"strconv"

	"assay/internal/ledger"
)

type ledgerView struct {
	Entries  []ledger.Entry
	Subject  string
	After    int64
	Next     int64
	Verified *verified
}

// verified is what checking the chain gave.
type verified struct {
	Sound   bool
	Count   int64
	Head    string
	Problem string // in English, for the operator
}

const entriesPerPage = 100

func (c *Console) ledgerPage(w http.ResponseWriter, r *http.Request) error {
	v, err := c.ledgerView(r)
	if err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "ledger", "ledger.title", v)
}

func (c *Console) ledgerView(r *http.Request) (ledgerView, error) {
	v := ledgerView{Subject: r.FormValue("subject")}
	v.After, _ = strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	var err error
	if v.Subject != "" {
		v.Entries, err = c.Store.EntriesAbout(r.Context(), v.Subject, entriesPerPage)
		return v, err
	}
	v.Entries, err = c.Store.Entries(r.Context(), max(0, v.After), entriesPerPage)
	if err == nil && len(v.Entries) == entriesPerPage {
		v.Next = v.Entries[len(v.Entries)-1].Seq
	}
	return v, err
}

// verifyLedger reads the whole chain in pages and checks every link.
func (c *Console) verifyLedger(w http.ResponseWriter, r *http.Request) error {
	v, err := c.ledgerView(r)
	if err != nil {
		return err
	}
	v.Verified = &verified{Sound: true}
	for {
		page, err := c.Store.Entries(r.Context(), v.Verified.Count, 1000)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		if page[0].Seq != v.Verified.Count+1 {
			v.Verified.Sound, v.Verified.Problem = false, "entry "+strconv.FormatInt(v.Verified.Count+1, 10)+" is missing"
			break
		}
		head, err := ledger.Verify(v.Verified.Head, page)
		if err != nil {
			v.Verified.Sound, v.Verified.Problem = false, err.Error()
			break
		}
		v.Verified.Head, v.Verified.Count = head, page[len(page)-1].Seq
	}
	return c.show(w, r, http.StatusOK, "ledger", "ledger.title", v)
}
