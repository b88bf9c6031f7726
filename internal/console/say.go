package console

import (
	"cmp"
	"fmt"

	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/signal"
)

// sayHint is what a form says below a field; most fields need nothing said.
func sayHint(p *message.Printer, field string) string {
	if key := "field." + field + ".hint"; p.Has(key) {
		return p.T(key)
	}
	return ""
}

// sayField is what is wrong with a field, in the reader's language where its
// code is known, and else as the program said it.
func sayField(p *message.Printer, f fault.Field) string {
	if f.Phrase != nil && p.Has(f.Phrase.Key) {
		return sayPhrase(p, *f.Phrase)
	}
	for _, prefix := range []string{"wrong.", "fault.field.", "enum.picture_problem."} {
		if p.Has(prefix + f.Code) {
			return p.T(prefix + f.Code)
		}
	}
	return f.Message
}

// sayPhrase names the values A, B and so on, in the order of the English sentence.
func sayPhrase(p *message.Printer, f fault.Phrase) string {
	var args []any
	for i, v := range f.Values {
		switch v.(type) {
		case string, int, int64, float64:
		default:
			v = fmt.Sprint(v)
		}
		args = append(args, string(rune('A'+i)), v)
	}
	return p.T(f.Key, args...)
}

// sayProblem is the same for a row of a feed.
func sayProblem(p *message.Printer, r listing.RowProblem) string {
	if key := "feed." + r.Code; p.Has(key) {
		return p.T(key, "Column", explain.Plain(cmp.Or(r.Column, "–")))
	}
	return r.Message
}

// sayFinding is a signal as a plain sentence.
func sayFinding(p *message.Printer, f finding) string {
	return explain.Signal(p, explain.Row{Of: f.Asset, From: f.Brand}, f.Signal)
}

// sayReason is reason n of a verdict as a full sentence about what its
// strongest finding is.
func sayReason(p *message.Printer, e evidence, n int) string {
	r := e.Reasons[n]
	if len(r.Findings) == 0 {
		return explain.Reason(p, explain.Row{}, r.Code, signal.Signal{})
	}
	f := e.Findings[r.Findings[0]]
	return explain.Reason(p, explain.Row{Of: f.Asset, From: f.Brand}, r.Code, f.Signal)
}
