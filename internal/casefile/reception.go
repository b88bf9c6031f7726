package casefile

import (
	"cmp"
	"context"
	"unicode"

	"assay/internal/calendar"
	"assay/internal/listing"
)

// Reception gives a new case its place: how grave, which desk, whose turn,
// until when. Every way in uses it: screening, notices, appeals.
type Reception struct {
	Teams  TeamStore // nil: there are no desks
	Levels *Levels   // nil: Usual
}

// Facts are what a place depends on beside the case itself.
type Facts struct {
	Offer   listing.Offer
	Market  string
	Country string // of the seller
}

// Receive fills in what the case does not say yet: Severity, Exposure, Desk,
// DueAt; TurnAt is always computed. CreatedAt, Source, Reason, Score, Proposed,
// BrandID and Tier must be set before.
func (r Reception) Receive(ctx context.Context, c Case, f Facts) (Case, error) {
	l := cmp.Or(r.Levels, Usual())
	if c.Severity == 0 {
		c.Severity = l.SeverityOf(c.Reason, f.Offer.Category)
	}
	if c.Exposure == 0 {
		c.Exposure = l.ExposureOf(f.Offer)
	}
	country := f.Country
	if r.Teams != nil {
		teams, err := r.Teams.Teams(ctx)
		if err != nil {
			return c, err
		}
		for _, t := range teams {
			if c.Desk == "" && t.Rules.fit(traits{f.Country, languageOf(f.Offer), c.BrandID, f.Market, c.Source}) {
				c.Desk = t.ID
			}
			if t.ID == c.Desk && t.Country != "" {
				country = t.Country
			}
		}
	}
	c.TurnAt = c.CreatedAt.Add(l.PatienceOf(c))
	if c.DueAt.IsZero() {
		c.DueAt = l.DueOf(c, c.CreatedAt, calendar.For(country))
	}
	return c, nil
}

// languageOf is the language that an offer's script gives away: ko, ja, zh, or
// "" for scripts that many languages share.
func languageOf(o listing.Offer) string {
	han := false
	for _, r := range o.Title {
		switch {
		case unicode.Is(unicode.Hangul, r):
			return "ko"
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			return "ja"
		case unicode.Is(unicode.Han, r):
			han = true
		}
	}
	if han {
		return "zh"
	}
	return ""
}
