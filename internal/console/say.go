package console

import (
	"cmp"
	"strings"

	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/signal"
)

// sayCode names a code from an open set: one that no catalogue knows is shown
// as it is rather than hidden.
func sayCode(p *message.Printer, prefix, code string) string {
	if key := prefix + "." + code; code != "" && p.Has(key) {
		return p.T(key)
	}
	return code
}

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
	for _, prefix := range []string{"wrong.", "fault.field.", "enum.picture_problem."} {
		if p.Has(prefix + f.Code) {
			return p.T(prefix + f.Code)
		}
	}
	return f.Message
}

// sayProblem is the same for a row of a feed.
func sayProblem(p *message.Printer, r listing.RowProblem) string {
	if key := "feed." + r.Code; p.Has(key) {
		return p.T(key, "Column", plain(cmp.Or(r.Column, "–")))
	}
	return r.Message
}

// sayFinding is a signal as a plain sentence.
func sayFinding(p *message.Printer, f finding) string {
	key := "signal." + string(f.Kind) + ".sentence"
	if !p.Has(key) {
		return sayCode(p, "signal", string(f.Kind))
	}
	var text, problem string
	if len(f.Spans) > 0 {
		text = plain(f.Spans[0].Text)
	}
	if f.Sighting != nil {
		problem = sayCode(p, "enum.picture_problem", f.Sighting.Problem)
	}
	return p.T(key, "Brand", cmp.Or(f.Brand.Name, f.BrandID, p.T("case.unknown_brand")), "Asset", cmp.Or(nameOf(f.Asset), p.T("case.unknown_asset")),
		"Picture", f.PictureNum, "Text", text, "Problem", problem, "Detector", f.Detector)
}

// sayHow says how a picture matched, in short.
func sayHow(p *message.Printer, f finding) []string {
	s := f.Sighting
	if s == nil {
		return nil
	}
	var out []string
	if s.Mirrored {
		out = append(out, p.T("signal.detail.mirrored"))
	}
	if s.Rotation >= 1 || s.Rotation <= -1 {
		out = append(out, p.T("signal.detail.rotation", "Rotation", int(s.Rotation)))
	}
	if s.Frame > 0 {
		out = append(out, p.T("signal.detail.frame", "Frame", s.Frame+1))
	}
	if s.Distance != nil {
		out = append(out, p.T("signal.detail.distance", "Distance", *s.Distance))
	}
	if s.Inliers > 0 {
		out = append(out, p.T("signal.detail.inliers", "Inliers", s.Inliers))
	}
	if s.Correlation != 0 {
		out = append(out, p.T("signal.detail.correlation", "Correlation", s.Correlation))
	}
	return out
}

// sayMatched is the protected wording a span was read as. For words of the
// trade it is the code of a factor, which is said in its own place.
func sayMatched(p *message.Printer, s signal.Span) string {
	if p.Has("factor."+s.Matched) || s.Matched == s.Text {
		return ""
	}
	return s.Matched
}

func sayFactor(p *message.Printer, f signal.Factor) string {
	key := "factor." + f.Code
	if !p.Has(key) {
		return strings.TrimSpace(f.Code + " " + f.Detail)
	}
	return p.T(key, "Detail", f.Detail)
}

// sayReason is reason n of a verdict as a full sentence about the shop and
// about what its strongest finding is.
func sayReason(p *message.Printer, e evidence, n int, shop string) string {
	r := e.Reasons[n]
	key := "reason." + r.Code + ".sentence"
	if !p.Has(key) {
		return sayCode(p, "reason", r.Code)
	}
	brand, asset := p.T("case.unknown_brand"), p.T("case.unknown_asset")
	if len(r.Findings) > 0 {
		f := e.Findings[r.Findings[0]]
		brand, asset = cmp.Or(f.Brand.Name, f.BrandID, brand), cmp.Or(nameOf(f.Asset), asset)
	}
	return p.T(key, "Brand", brand, "Asset", asset, "Seller", shop)
}
