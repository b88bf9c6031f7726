package statement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/signal"
)

// Record is one statement of reasons as the DSA Transparency Database takes
// it: the fields of its interface, version 2. It holds no personal data.
type Record struct {
	PUID                     string            `json:"puid"` // unique of this platform for ever
	DecisionVisibility       []string          `json:"decision_visibility,omitempty"`
	DecisionVisibilityOther  string            `json:"decision_visibility_other,omitempty"`
	DecisionMonetary         string            `json:"decision_monetary,omitempty"`
	DecisionMonetaryOther    string            `json:"decision_monetary_other,omitempty"`
	DecisionProvision        string            `json:"decision_provision,omitempty"`
	DecisionAccount          string            `json:"decision_account,omitempty"`
	AccountType              string            `json:"account_type,omitempty"`
	EndDateVisibility        string            `json:"end_date_visibility_restriction,omitempty"`
	EndDateMonetary          string            `json:"end_date_monetary_restriction,omitempty"`
	EndDateService           string            `json:"end_date_service_restriction,omitempty"`
	EndDateAccount           string            `json:"end_date_account_restriction,omitempty"`
	DecisionGround           string            `json:"decision_ground"`
	DecisionGroundURL        string            `json:"decision_ground_reference_url,omitempty"`
	IllegalGround            string            `json:"illegal_content_legal_ground,omitempty"`
	IllegalExplanation       string            `json:"illegal_content_explanation,omitempty"`
	IncompatibleGround       string            `json:"incompatible_content_ground,omitempty"`
	IncompatibleExplanation  string            `json:"incompatible_content_explanation,omitempty"`
	IncompatibleIllegal      string            `json:"incompatible_content_illegal,omitempty"`
	Category                 string            `json:"category"`
	CategoryAddition         []string          `json:"category_addition,omitempty"`
	CategorySpecification    []string          `json:"category_specification,omitempty"`
	CategorySpecificationOwn string            `json:"category_specification_other,omitempty"`
	ContentType              []string          `json:"content_type"`
	ContentTypeOther         string            `json:"content_type_other,omitempty"`
	ContentLanguage          string            `json:"content_language,omitempty"`
	ContentDate              string            `json:"content_date"`
	ContentID                map[string]string `json:"content_id,omitempty"`
	TerritorialScope         []string          `json:"territorial_scope"`
	ApplicationDate          string            `json:"application_date"`
	DecisionFacts            string            `json:"decision_facts"`
	SourceType               string            `json:"source_type"`
	SourceIdentity           string            `json:"source_identity,omitempty"`
	AutomatedDetection       string            `json:"automated_detection"`
	AutomatedDecision        string            `json:"automated_decision"`
}

// BatchSize is how many records the database takes at once, all or none.
const BatchSize = 100

// Lengths of texts that the database takes, in characters.
const (
	maxOther       = 500
	maxExplanation = 2000
	maxDSAFacts    = 5000
)

// Reported reports whether the database asks for a record: something was
// restricted in its area. An objection that was refused restricts nothing anew.
func Reported(s Statement) bool {
	return s.Kind.Restricts() && s.Kind != Upheld && len(scope(s)) > 0 && (len(s.Goods) > 0 || hasAccountEffect(s))
}

// scope is where in the database's area a statement holds.
func scope(s Statement) []string {
	if len(s.Territory) == 0 {
		return slices.Clone(EEA())
	}
	var out []string
	for _, c := range EEA() {
		if slices.Contains(s.Territory, c) {
			out = append(out, c)
		}
	}
	return out
}

func hasAccountEffect(s Statement) bool {
	return slices.ContainsFunc(s.Effects, func(e Effect) bool { return !e.Back && (e.Kind == Restrict || e.Kind == Suspend || e.Kind == Close) })
}

// Records are the records of a statement, in p's language: one for each
// listing, as each is content of its own; what befalls the shop stands in the
// first. A statement that is not Reported has none.
func Records(p *message.Printer, s Statement) []Record {
	if !Reported(s) {
		return nil
	}
	w := writing{p: p, s: s, zone: time.UTC}
	if len(s.Goods) == 0 {
		r := w.record(Goods{Since: s.From}, 0)
		r.account(s)
		return []Record{r}
	}
	out := make([]Record, 0, len(s.Goods))
	for n, g := range s.Goods {
		r := w.record(g, n)
		if n == 0 {
			r.account(s)
		}
		out = append(out, r)
	}
	return out
}

func (w writing) record(g Goods, n int) Record {
	s := w.s
	r := Record{PUID: fmt.Sprintf("%s-%d", s.ID, n), ContentDate: day(g.Since), ApplicationDate: day(s.From), TerritorialScope: scope(s),
		AutomatedDetection: yes(s.Detected), AutomatedDecision: automationCodes[s.Decided], SourceType: sourceCodes[s.Source]}
	if len(s.Goods) > 0 {
		r.DecisionVisibility = []string{map[Kind]string{Held: "DECISION_VISIBILITY_CONTENT_DISABLED"}[s.Kind]}
		if r.DecisionVisibility[0] == "" {
			r.DecisionVisibility[0] = "DECISION_VISIBILITY_CONTENT_REMOVED"
		}
		r.EndDateVisibility = dayOptional(s.Until)
	}
	if len(g.Language) >= 2 && letters(g.Language[:2]) {
		r.ContentLanguage = strings.ToUpper(g.Language[:2])
	}
	if code := ean13(g.GTIN); code != "" {
		r.ContentID = map[string]string{"EAN-13": code}
	}
	r.classify(s.Ground, g.Facts)
	w.recordGround(&r)
	one := w
	one.s.Goods = []Goods{g}
	lines := append([]string{w.reason()}, one.facts(w.openFact)...)
	r.DecisionFacts = clip(w.join(append(lines, one.from(false)...)...), maxDSAFacts)
	return r
}

func (w writing) recordGround(r *Record) {
	if w.s.Ground.Law {
		var cited []string
		for _, right := range w.s.Ground.Rights {
			line := w.right(right)
			if c := provision(right, w.p.Lang()); c != "" {
				line += " (" + c + ")"
			}
			cited = append(cited, line)
		}
		r.DecisionGround = "DECISION_GROUND_ILLEGAL_CONTENT"
		r.IllegalGround, r.IllegalExplanation = clip(strings.Join(cited, "; "), maxOther), clip(w.join(w.law()...), maxExplanation)
		return
	}
	r.DecisionGround = "DECISION_GROUND_INCOMPATIBLE_CONTENT"
	clause := w.pick([]string{"clause." + w.s.Ground.Clause, "clause.rights_of_others"})
	r.IncompatibleGround, r.IncompatibleExplanation = clip(clause, maxOther), clip(w.join(w.t("terms", "Clause", clause), w.reason()), maxExplanation)
	r.IncompatibleIllegal = "No"
}

// account adds what befalls the shop, the gravest alone.
func (r *Record) account(s Statement) {
	for _, kind := range []string{Close, Suspend, Restrict} {
		i := slices.IndexFunc(s.Effects, func(e Effect) bool { return e.Kind == kind && !e.Back })
		if i < 0 {
			continue
		}
		r.AccountType = "ACCOUNT_TYPE_BUSINESS"
		end := dayOptional(s.Effects[i].Until)
		switch kind {
		case Close:
			r.DecisionAccount, r.EndDateAccount = "DECISION_ACCOUNT_TERMINATED", ""
		case Suspend:
			r.DecisionAccount, r.EndDateAccount = "DECISION_ACCOUNT_SUSPENDED", end
		default:
			r.DecisionProvision, r.EndDateService = "DECISION_PROVISION_PARTIAL_SUSPENSION", end
		}
		return
	}
}

const (
	categoryIP       = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"
	categoryConsumer = "STATEMENT_CATEGORY_CONSUMER_INFORMATION"
	categoryTerms    = "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
)

var keywordOf = map[registry.RightKind]string{registry.Trademark: "KEYWORD_TRADEMARK_INFRINGEMENT", registry.Copyright: "KEYWORD_COPYRIGHT_INFRINGEMENT",
	registry.Design: "KEYWORD_DESIGN_INFRINGEMENT", registry.Patent: "KEYWORD_PATENT_INFRINGEMENT"}

// classify maps our grounds to the database's categories. It knows no word
// for counterfeits: they are infringements of a trademark.
func (r *Record) classify(g Ground, facts []Fact) {
	r.Category, r.ContentType = categoryIP, []string{"CONTENT_TYPE_PRODUCT"}
	add := func(list *[]string, v string) {
		if !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
	for _, right := range g.Rights {
		if k := keywordOf[right.Kind]; k != "" {
			add(&r.CategorySpecification, k)
		}
	}
	switch g.Code {
	case "counterfeit", "trademark_in_text", "mark_in_picture", "repeat":
		add(&r.CategorySpecification, keywordOf[registry.Trademark])
	case "stolen_photograph":
		add(&r.CategorySpecification, keywordOf[registry.Copyright])
		add(&r.ContentType, "CONTENT_TYPE_IMAGE")
	case "false_affiliation":
		r.CategoryAddition = []string{categoryConsumer}
		add(&r.CategorySpecification, keywordOf[registry.Trademark])
		add(&r.CategorySpecification, "KEYWORD_MISLEADING_INFO_GOODS_SERVICES")
	case "no_licence":
		r.Category, r.CategorySpecification = categoryTerms, []string{"KEYWORD_GOODS_SERVICES_NOT_PERMITTED"}
	}
	for _, f := range facts {
		switch f.Kind {
		case signal.PictureCopy, signal.PicturePart, signal.PictureMark, signal.OutsideMatch:
			add(&r.ContentType, "CONTENT_TYPE_IMAGE")
		case signal.TextName, signal.TextPhrase, signal.TextClaim, signal.TextAffiliation, signal.BrandField:
			add(&r.ContentType, "CONTENT_TYPE_TEXT")
		}
	}
	slices.Sort(r.CategorySpecification)
	slices.Sort(r.ContentType)
}

var automationCodes = map[Automation]string{ByPerson: "AUTOMATED_DECISION_NOT_AUTOMATED", ByBoth: "AUTOMATED_DECISION_PARTIALLY", ByMachine: "AUTOMATED_DECISION_FULLY"}

// sourceCodes: only a flagger certified under Article 22 is a trusted one; a
// notifier with a good record here is not.
var sourceCodes = map[Source]string{Own: "SOURCE_VOLUNTARY", Noticed: "SOURCE_ARTICLE_16", Trusted: "SOURCE_TRUSTED_FLAGGER", Told: "SOURCE_TYPE_OTHER_NOTIFICATION"}

func yes(v bool) string {
	if v {
		return "Yes"
	}
	return "No"
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func dayOptional(t *time.Time) string {
	if t == nil {
		return ""
	}
	return day(t.Add(-time.Second)) // ends at midnight: the last day that counts
}

func letters(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// ean13 is a GTIN of 12 or 13 digits as EAN-13, "" when it is none.
func ean13(gtin string) string {
	if strings.Trim(gtin, "0123456789") != "" {
		return ""
	}
	switch len(gtin) {
	case 12:
		return "0" + gtin
	case 13:
		return gtin
	}
	return ""
}

// clip bounds a text in characters.
func clip(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
