package statement

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"assay/internal/calendar"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/message"
)

// Audience is whom a statement is rendered for.
type Audience string

const (
	ForSeller   Audience = "seller"
	ForNotifier Audience = "notifier"
	ForPublic   Audience = "public" // without personal data
	ForDSA      Audience = "dsa"    // the fields of the DSA Transparency Database; see Records
)

// Audiences lists every audience, in the order shown to people.
var Audiences = []Audience{ForSeller, ForNotifier, ForPublic, ForDSA}

// Section is one part of a document.
type Section struct {
	Code  string   `json:"code"` // "goods", "why", "means", "can" or "how"
	Title string   `json:"title"`
	Text  []string `json:"text,omitempty"` // paragraphs before the list
	List  []string `json:"list,omitempty"`
	After []string `json:"after,omitempty"` // paragraphs after it
}

// Document is a statement in words.
type Document struct {
	Language  string    `json:"language"`
	Title     string    `json:"title"`
	Reference string    `json:"reference"`
	Date      string    `json:"date"`
	Greeting  string    `json:"greeting,omitempty"`
	Lead      []string  `json:"lead"`
	Sections  []Section `json:"sections"`
	Closing   []string  `json:"closing,omitempty"`
}

// Text is the document as plain text, for mail and for files.
func (d Document) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", d.Title, d.Reference, d.Date)
	paragraphs := func(list ...string) {
		for _, p := range list {
			if p != "" {
				fmt.Fprintf(&b, "\n%s\n", p)
			}
		}
	}
	paragraphs(d.Greeting)
	paragraphs(d.Lead...)
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		paragraphs(s.Text...)
		if len(s.List) > 0 {
			b.WriteByte('\n')
		}
		for _, l := range s.List {
			fmt.Fprintf(&b, "- %s\n", l)
		}
		paragraphs(s.After...)
	}
	paragraphs(d.Closing...)
	return b.String()
}

// Names are the names that are not kept with a statement, so that they can be
// forgotten: looked up when somebody who may know them reads it.
type Names struct {
	Seller  string            // of the shop; only its own letter has it
	Holders map[string]string // of rights holders, by id
}

// Render is the statement in words of p's language. For ForDSA use Records.
func Render(p *message.Printer, s Statement, audience Audience, names Names) (Document, error) {
	w := writing{p: p, s: s, names: names, zone: calendar.For(s.Country).Zone()}
	switch audience {
	case ForSeller:
		return w.letter(), nil
	case ForNotifier:
		return w.answer(), nil
	case ForPublic:
		return w.public(), nil
	}
	return Document{}, fault.New(fault.Invalid, "a statement is written for the seller, the notifier or the public")
}

// writing is a statement on its way to a document.
type writing struct {
	p     *message.Printer
	s     Statement
	names Names
	zone  *time.Location
}

func (w writing) t(key string, args ...any) string { return w.p.T("statement."+key, args...) }

// pick is the first of the keys that there is, in words.
func (w writing) pick(keys []string, args ...any) string {
	for _, k := range keys[:len(keys)-1] {
		if w.p.Has("statement." + k) {
			return w.t(k, args...)
		}
	}
	return w.t(keys[len(keys)-1], args...)
}

func (w writing) start() Document {
	return Document{Language: w.p.Lang(), Reference: w.t("reference", "ID", w.s.ID), Date: w.date(w.s.CreatedAt)}
}

// date is the day of t at the seller's place.
func (w writing) date(t time.Time) string { return w.p.Date(t.In(w.zone)) }

// last is the last day of a time that ends at t.
func (w writing) last(t time.Time) string { return w.date(t.Add(-time.Second)) }

// goods names the listings.
func (w writing) goods() Section {
	sec := Section{Code: "goods", Title: w.t("goods", "Count", len(w.s.Goods))}
	for _, g := range w.s.Goods {
		line := w.t("goods.line", "Title", quote(g.Title), "Number", quote(g.ExternalID))
		if len(w.s.Goods) > 1 && len(g.Facts) > 0 {
			line += " — " + w.fact(g.Facts[0])
		}
		sec.List = append(sec.List, line)
	}
	return sec
}

// fact is one finding as a sentence.
func (w writing) fact(f Fact) string {
	return w.pick([]string{"fact." + string(f.Kind), "fact.other"}, w.factArgs(f, w.where(f, f.Text))...)
}

// openFact is the same without the seller's own words: the protected wording
// stands for them.
func (w writing) openFact(f Fact) string {
	f.Text = f.Matched
	return w.pick([]string{"fact." + string(f.Kind) + ".open", "fact." + string(f.Kind), "fact.other"}, w.factArgs(f, w.where(f, f.Text))...)
}

func (w writing) factArgs(f Fact, where string) []any {
	brand, asset := f.Brand, f.Asset
	if brand == "" {
		brand = w.t("some_brand")
	}
	if asset == "" {
		asset = brand
	}
	return []any{"Brand", quote(brand), "Asset", quote(asset), "Picture", f.Picture, "Text", f.Text, "Where", where}
}

// where names the place of a text.
func (w writing) where(f Fact, _ string) string {
	if f.Field == "" {
		return w.t("where.text")
	}
	return w.pick([]string{"where." + f.Field, "where.text"}, "Picture", f.Picture)
}

// right names a right: "trademark KR 40-1234567".
func (w writing) right(r Right) string {
	name := explain.Code(w.p, "statement.right", string(r.Kind))
	return strings.TrimSpace(strings.Join([]string{name, r.Office, r.Number}, " "))
}

// law is the legal side of the ground: which right, and why this infringes it.
func (w writing) law() []string {
	var out []string
	for _, r := range w.s.Ground.Rights {
		why := w.pick([]string{"why." + string(r.Kind), "why.other"})
		if cited := provision(r, w.p.Lang()); cited != "" {
			out = append(out, w.t("law.cited", "Right", w.right(r), "Provision", cited, "Why", why))
		} else {
			out = append(out, w.t("law", "Right", w.right(r), "Why", why))
		}
	}
	return out
}

// because is the ground: the reason in a sentence, then law or terms.
func (w writing) because() []string {
	out := []string{w.reason()}
	if !w.s.Kind.Restricts() {
		return out
	}
	if w.s.Ground.Law {
		return append(out, w.law()...)
	}
	return append(out, w.t("terms", "Clause", w.pick([]string{"clause." + w.s.Ground.Clause, "clause.rights_of_others"})))
}

// reason is the ground's own sentence, in the words of letters.
func (w writing) reason() string {
	for _, key := range []string{"statement.ground." + w.s.Ground.Code, "ground." + w.s.Ground.Code + ".sentence"} {
		if w.p.Has(key) {
			return w.p.T(key)
		}
	}
	return w.t("ground.other")
}

// facts are the findings of all goods, each said once.
func (w writing) facts(say func(Fact) string) []string {
	var out []string
	seen := map[string]bool{}
	for _, g := range w.s.Goods {
		for _, f := range g.Facts {
			if line := say(f); !seen[line] {
				seen[line] = true
				out = append(out, line)
			}
		}
	}
	return out
}

// territories names where the decision holds.
func (w writing) territories() string {
	list := w.s.Territory
	eu := theLaw().Reach["EM"]
	if len(list) == 0 {
		return w.t("territory.everywhere")
	}
	if len(list) == len(eu) {
		same := true
		for i := range list {
			same = same && list[i] == eu[i]
		}
		if same {
			return w.t("territory.in", "Where", w.t("territory.eu"))
		}
	}
	names := make([]string, 0, len(list))
	regions := display.Regions(language.MustParse(w.p.Lang()))
	for _, code := range list {
		name := code
		if r, err := language.ParseRegion(code); err == nil && regions != nil && regions.Name(r) != "" {
			name = regions.Name(r)
		}
		names = append(names, name)
	}
	return w.t("territory.in", "Where", strings.Join(names, w.comma()))
}

// automation says what machines did.
func (w writing) automation() string {
	found := "person"
	if w.s.Detected {
		found = "machine"
	}
	return w.t("how." + found + "." + string(w.s.Decided))
}

// versions names the rules that were in force.
func (w writing) versions() []string {
	var out []string
	if w.s.Policy != "" {
		out = append(out, w.t("how.policy", "Version", w.s.Policy))
	}
	if w.s.Ladder != "" && len(w.s.Effects) > 0 {
		out = append(out, w.t("how.ladder", "Version", w.s.Ladder))
	}
	return out
}

// holder is the name of a rights holder.
func (w writing) holder(id string) string {
	if name := quote(w.names.Holders[id]); name != "" {
		return name
	}
	return w.t("some_holder")
}

// comma is what stands between the parts of a list.
func (w writing) comma() string {
	if w.p.Lang() == "zh" {
		return "、"
	}
	return ", "
}

// join puts sentences one after the other.
func (w writing) join(sentences ...string) string {
	if w.p.Lang() == "zh" {
		return strings.Join(sentences, "")
	}
	return strings.Join(sentences, " ")
}
