package statement

import (
	_ "embed"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"assay/internal/fault"
)

//go:embed dsa.yaml
var dsaSource []byte

// dsaValues are the values that each field of the database takes.
var dsaValues = sync.OnceValue(func() map[string][]string {
	v := map[string][]string{}
	if err := yaml.Unmarshal(dsaSource, &v); err != nil { // part of the program; a test has read it
		panic(fmt.Errorf("dsa.yaml: %w", err))
	}
	return v
})

// Check reports everything for which the database would refuse a record, so
// that it is found here and not there: enumerations, lengths in characters,
// dates and the fields that others ask for.
func (r Record) Check() []fault.Field {
	var c dsaCheck
	if !puid.MatchString(r.PUID) || len(r.PUID) > 500 {
		c.add("puid", "bad_puid", "use 1 to 500 letters, digits, - and _")
	}
	c.decisions(r)
	c.one("decision_ground", r.DecisionGround, true)
	c.ground(r)
	c.one("category", r.Category, true)
	c.each("category", "category_addition", r.CategoryAddition)
	if slices.Contains(r.CategoryAddition, r.Category) {
		c.add("category_addition", "repeats", "the main category does not count again")
	}
	c.each("category_specification", "category_specification", r.CategorySpecification)
	c.other("category_specification_other", r.CategorySpecificationOwn, false)
	c.content(r)
	c.day("application_date", r.ApplicationDate, 2020, true)
	c.text("decision_facts", r.DecisionFacts, maxDSAFacts, true)
	c.one("source_type", r.SourceType, true)
	c.text("source_identity", r.SourceIdentity, maxOther, false)
	c.one("automated_decision", r.AutomatedDecision, true)
	c.yes("automated_detection", r.AutomatedDetection, true)
	return c.fields
}

var (
	puid  = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	ean   = regexp.MustCompile(`^[0-9]{13}$`)
	upper = regexp.MustCompile(`^[A-Z]{2}$`)
)

type dsaCheck struct{ fields []fault.Field }

func (c *dsaCheck) add(path, code, text string) {
	c.fields = append(c.fields, fault.Field{Path: path, Code: code, Message: text})
}

func (c *dsaCheck) one(field, v string, need bool) {
	if v == "" {
		if need {
			c.add(field, "missing", "is needed")
		}
		return
	}
	if !slices.Contains(dsaValues()[field], v) {
		c.add(field, "unknown_value", fmt.Sprintf("%q is not a value of this field", v))
	}
}

func (c *dsaCheck) each(values, field string, list []string) {
	for _, v := range list {
		if !slices.Contains(dsaValues()[values], v) {
			c.add(field, "unknown_value", fmt.Sprintf("%q is not a value of this field", v))
		}
	}
}

func (c *dsaCheck) text(field, v string, most int, need bool) {
	switch {
	case v == "" && need:
		c.add(field, "missing", "is needed")
	case utf8.RuneCountInString(v) > most:
		c.add(field, "too_long", fmt.Sprintf("use at most %d characters", most))
	}
}

func (c *dsaCheck) other(field, v string, need bool) { c.text(field, v, maxOther, need) }

func (c *dsaCheck) yes(field, v string, need bool) {
	if v != "Yes" && v != "No" && (need || v != "") {
		c.add(field, "unknown_value", "use Yes or No")
	}
}

func (c *dsaCheck) day(field, v string, from int, need bool) {
	if v == "" && !need {
		return
	}
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		c.add(field, "bad_date", "write it as 2026-11-03")
		return
	}
	if t.Year() < from || t.After(time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)) {
		c.add(field, "out_of_range", fmt.Sprintf("must lie between %d-01-01 and 2038-01-01", from))
	}
}

// decisions: at least one of the four kinds, and their ends.
func (c *dsaCheck) decisions(r Record) {
	if len(r.DecisionVisibility) == 0 && r.DecisionMonetary == "" && r.DecisionProvision == "" && r.DecisionAccount == "" {
		c.add("decision_visibility", "missing", "give at least one of the four kinds of decision")
	}
	c.each("decision_visibility", "decision_visibility", r.DecisionVisibility)
	c.other("decision_visibility_other", r.DecisionVisibilityOther, slices.Contains(r.DecisionVisibility, "DECISION_VISIBILITY_OTHER"))
	c.one("decision_monetary", r.DecisionMonetary, false)
	c.other("decision_monetary_other", r.DecisionMonetaryOther, r.DecisionMonetary == "DECISION_MONETARY_OTHER")
	c.one("decision_provision", r.DecisionProvision, false)
	c.one("decision_account", r.DecisionAccount, false)
	c.one("account_type", r.AccountType, false)
	for field, v := range map[string]string{"end_date_visibility_restriction": r.EndDateVisibility, "end_date_monetary_restriction": r.EndDateMonetary,
		"end_date_service_restriction": r.EndDateService, "end_date_account_restriction": r.EndDateAccount} {
		c.day(field, v, 2020, false)
		if v != "" && v < r.ApplicationDate {
			c.add(field, "before_start", "must not lie before application_date")
		}
	}
}

// ground: each family of fields goes with its ground.
func (c *dsaCheck) ground(r Record) {
	illegal := r.DecisionGround == "DECISION_GROUND_ILLEGAL_CONTENT"
	terms := r.DecisionGround == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
	c.text("illegal_content_legal_ground", r.IllegalGround, maxOther, illegal)
	c.text("illegal_content_explanation", r.IllegalExplanation, maxExplanation, illegal)
	c.text("incompatible_content_ground", r.IncompatibleGround, maxOther, terms)
	c.text("incompatible_content_explanation", r.IncompatibleExplanation, maxExplanation, terms)
	c.yes("incompatible_content_illegal", r.IncompatibleIllegal, false)
	if r.IncompatibleIllegal != "" && !terms {
		c.add("incompatible_content_illegal", "other_ground", "goes with terms only")
	}
	if r.DecisionGroundURL == "" {
		return
	}
	u, err := url.Parse(r.DecisionGroundURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(r.DecisionGroundURL) > maxOther {
		c.add("decision_ground_reference_url", "bad_url", "must be a web address of at most 500 characters")
	}
}

func (c *dsaCheck) content(r Record) {
	if len(r.ContentType) == 0 {
		c.add("content_type", "missing", "is needed")
	}
	c.each("content_type", "content_type", r.ContentType)
	c.other("content_type_other", r.ContentTypeOther, slices.Contains(r.ContentType, "CONTENT_TYPE_OTHER"))
	if r.ContentLanguage != "" && !upper.MatchString(r.ContentLanguage) {
		c.add("content_language", "unknown_value", "use two capital letters of ISO 639-1")
	}
	c.day("content_date", r.ContentDate, 2000, true)
	for k, v := range r.ContentID {
		if k != "EAN-13" || !ean.MatchString(v) {
			c.add("content_id", "unknown_value", "only EAN-13 with 13 digits is known")
		}
	}
	if len(r.TerritorialScope) == 0 {
		c.add("territorial_scope", "missing", "is needed")
	}
	for _, country := range r.TerritorialScope {
		if !slices.Contains(EEA(), country) {
			c.add("territorial_scope", "unknown_value", fmt.Sprintf("%q lies outside of the database's area", country))
		}
	}
}
