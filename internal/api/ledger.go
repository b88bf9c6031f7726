package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/ledger"
)

type ledgerTurn struct {
	After   int64  `query:"after" minimum:"0" doc:"Number of the last entry of the page before."`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Entries on a page."`
	Subject string `query:"subject" maxLength:"200" doc:"Only the newest entries about one row, without pages."`
}

// LedgerPage is one page of the ledger.
type LedgerPage struct {
	Items []ledger.Entry `json:"items"`
	Next  int64          `json:"next,omitempty" doc:"Send it as after for the next page; missing on the last."`
}

// LedgerCheck is the answer to a check of the whole ledger.
type LedgerCheck struct {
	Sound   bool   `json:"sound" doc:"Whether every entry is as it was written and none is missing."`
	Entries int64  `json:"entries" doc:"Entries found sound, from the first."`
	Head    string `json:"head,omitempty" doc:"Hash of the last of them. Keep it elsewhere: a ledger that has lost its end still looks sound."`
	Problem string `json:"problem,omitempty" doc:"What is wrong with the entry after them."`
}

const ledgerPage = 1000

func (a *API) registerLedger() {
	const tag = "Ledger"
	handle(a, deed("list-ledger", http.MethodGet, "/ledger", tag, "Read the ledger", "Oldest first.", way{permission: access.SystemRead}), a.listLedger)
	handle(a, deed("verify-ledger", http.MethodGet, "/ledger/verify", tag, "Check the ledger", "Reads all of it and computes every hash anew.",
		way{permission: access.SystemRead, long: true}),
		func(ctx context.Context, _ *none) (*answered[LedgerCheck], error) {
			return answerWith(a.verifyLedger(ctx))
		})
}

func (a *API) listLedger(ctx context.Context, in *ledgerTurn) (*answered[LedgerPage], error) {
	if in.Subject != "" {
		rows, err := a.d.Store.EntriesAbout(ctx, in.Subject, in.Limit)
		return answerWith(LedgerPage{Items: append([]ledger.Entry{}, rows...)}, err)
	}
	rows, err := a.d.Store.Entries(ctx, in.After, in.Limit)
	p := LedgerPage{Items: append([]ledger.Entry{}, rows...)}
	if len(rows) == in.Limit {
		p.Next = rows[len(rows)-1].Seq
	}
	return answerWith(p, err)
}

func (a *API) verifyLedger(ctx context.Context) (LedgerCheck, error) {
	c := LedgerCheck{Sound: true}
	for {
		rows, err := a.d.Store.Entries(ctx, c.Entries, ledgerPage)
		if err != nil {
			return c, err
		}
		for i := range rows {
			head, err := ledger.Verify(c.Head, rows[i:i+1])
			if err == nil && rows[i].Seq != c.Entries+1 {
				c.Sound, c.Problem = false, "an entry is missing"
				return c, nil
			}
			if err != nil {
				c.Sound, c.Problem = false, err.Error()
				return c, nil
			}
			c.Entries, c.Head = rows[i].Seq, head
		}
		if len(rows) < ledgerPage {
			return c, nil
		}
	}
}
