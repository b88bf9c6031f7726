package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/message"
	"assay/internal/statement"
)

// StatementView is a statement with its words for one reader.
type StatementView struct {
	Statement statement.Statement  `json:"statement"`
	For       statement.Audience   `json:"for"`
	Document  *statement.Document  `json:"document,omitempty" doc:"In the language asked for; missing for dsa."`
	Text      string               `json:"text,omitempty" doc:"The document as plain text."`
	Records   []statement.Record   `json:"records,omitempty" doc:"For dsa: the fields of the DSA Transparency Database, one record for each listing."`
	Others    []statement.Audience `json:"others" doc:"What else you may ask for."`
}

// StatementFilter narrows a list of statements.
type StatementFilter struct {
	Turn
	SellerID   string         `query:"seller" maxLength:"100" doc:"Of one seller (its id here)."`
	HolderID   string         `query:"holder" maxLength:"100" doc:"That concern one rights holder."`
	DecisionID string         `query:"decision" maxLength:"100" doc:"Of one decision."`
	ListingID  string         `query:"listing" maxLength:"100" doc:"About one listing."`
	Kind       statement.Kind `query:"kind" enum:"removed,held,restored,kept,upheld,sanction,lifted" doc:"What was decided."`
}

type statementAsk struct {
	ID     string             `path:"id" maxLength:"100" doc:"Id of the statement."`
	For    statement.Audience `query:"for" enum:"seller,notifier,public,dsa" doc:"Whose words; left out, your own."`
	Lang   string             `query:"lang" maxLength:"35" doc:"A language tag; goes before Accept-Language. Left out with it, letters are in the seller's language."`
	Accept string             `header:"Accept-Language" maxLength:"1000" doc:"Languages, the most wanted first."`
}

// lang is the language asked for: by name, by header, or otherwise.
func (in statementAsk) lang(otherwise string) string {
	switch {
	case in.Lang != "":
		return message.Match(in.Lang)
	case in.Accept != "":
		return message.Match(in.Accept)
	}
	return message.Match(otherwise)
}

type dsaAsk struct {
	After string `query:"after" maxLength:"500" doc:"The next of the batch before."`
	Lang  string `query:"lang" maxLength:"35" doc:"A language tag; en by default."`
}

// DSABatch is what the DSA Transparency Database takes at once.
type DSABatch struct {
	Statements []statement.Record `json:"statements" doc:"At most 100 records, the oldest first; each passes the database's own rules."`
	Refused    []RefusedRecord    `json:"refused" doc:"Records that the database would refuse, with the fields that are wrong."`
	Next       string             `json:"next,omitempty" doc:"Send it as after for the next batch; missing on the last."`
}

// RefusedRecord is a record that cannot be sent as it is.
type RefusedRecord struct {
	PUID   string        `json:"puid"`
	Fields []fault.Field `json:"fields"`
}

func (a *API) registerStatements() {
	const tag = "Statements"
	read := way{permission: access.StatementRead}
	handle(a, deed("list-statements", http.MethodGet, "/statements", tag, "List statements of reasons",
		"The newest first. Sellers see their letters, rights holders what concerns them.", read),
		func(ctx context.Context, in *StatementFilter) (*answered[Page[statement.Statement]], error) {
			f := statement.Filter{SellerID: in.SellerID, HolderID: in.HolderID, DecisionID: in.DecisionID, ListingID: in.ListingID, Kind: in.Kind, After: in.After, Limit: in.Limit}
			p := me(ctx)
			p.ScopeStatements(&f)
			rows, next, err := a.d.Store.Statements(ctx, f)
			for i := range rows {
				rows[i] = p.ShowStatement(rows[i])
			}
			return answerWith(Page[statement.Statement]{Items: rows, Next: next}, err)
		})
	handle(a, deed("get-statement", http.MethodGet, "/statements/{id}", tag, "Read a statement of reasons",
		"One source in words for its reader: the seller's letter, the notifier's answer, the public record, or the record for the DSA Transparency Database.", read), a.getStatement)
	handle(a, deed("export-dsa", http.MethodGet, "/dsa/statements", tag, "Export records for the DSA Transparency Database",
		"What was restricted in the Union's area, in batches as the database takes them. Nothing is sent. puid is unique for ever.", way{permission: access.SystemRead}), a.exportDSA)
}

func (a *API) getStatement(ctx context.Context, in *statementAsk) (*answered[StatementView], error) {
	s, err := a.d.Store.Statement(ctx, in.ID)
	if err != nil {
		return nil, absent(err, "statement", in.ID)
	}
	p := me(ctx)
	may := p.Reads(s)
	if len(may) == 0 {
		return nil, noSuch("statement", in.ID)
	}
	if in.For == "" {
		in.For = may[0]
	}
	if !slices.Contains(may, in.For) {
		return nil, fault.New(fault.Forbidden, "this rendering is not for you")
	}
	v := StatementView{Statement: p.ShowStatement(s), For: in.For, Others: slices.DeleteFunc(slices.Clone(may), func(o statement.Audience) bool { return o == in.For })}
	if in.For == statement.ForDSA {
		v.Records = statement.Records(message.For(in.lang("en")), s)
		return answerWith(v, nil)
	}
	names, err := namesIn(ctx, a.d.Store, s)
	if err != nil {
		return nil, err
	}
	d, err := statement.Render(message.For(in.lang(s.Language)), s, in.For, names)
	v.Document, v.Text = &d, d.Text()
	return answerWith(v, err)
}

// namesIn looks up the names that a statement is told with.
func namesIn(ctx context.Context, st Store, s statement.Statement) (statement.Names, error) {
	n := statement.Names{Holders: map[string]string{}}
	shop, err := st.Seller(ctx, s.SellerID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return n, err
	}
	n.Seller = shop.Name
	holders, err := each(ctx, s.Holders(), st.Holder)
	for _, h := range holders {
		n.Holders[h.ID] = h.Name
	}
	return n, err
}

// exportDSA makes batches. A statement of many listings may be torn: then the
// cursor says how many of its records went before ("cursor~7").
func (a *API) exportDSA(ctx context.Context, in *dsaAsk) (*answered[DSABatch], error) {
	p := message.For(message.Match(in.Lang))
	out := DSABatch{Statements: []statement.Record{}, Refused: []RefusedRecord{}}
	after, skip, _ := strings.Cut(in.After, "~")
	skipped, err := strconv.Atoi(cmp.Or(skip, "0"))
	if err != nil || skipped < 0 {
		return nil, fault.New(fault.Invalid, "the cursor is not one that was handed out; begin again without one")
	}
	for {
		page, next, err := a.d.Store.Statements(ctx, statement.Filter{Restricts: true, Oldest: true, After: after, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return answerWith(out, nil)
		}
		records := statement.Records(p, page[0])
		for n := min(skipped, len(records)); n < len(records); n++ {
			if len(out.Statements) == statement.BatchSize {
				out.Next = after + "~" + strconv.Itoa(n)
				return answerWith(out, nil)
			}
			out.take(records[n])
		}
		if after, skipped = next, 0; next == "" {
			return answerWith(out, nil)
		}
	}
}

// take sorts a record by whether the database would have it.
func (b *DSABatch) take(r statement.Record) {
	if wrong := r.Check(); len(wrong) > 0 {
		b.Refused = append(b.Refused, RefusedRecord{r.PUID, wrong})
	} else {
		b.Statements = append(b.Statements, r)
	}
}
