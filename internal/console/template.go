package console

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"

	"assay/internal/enforcement"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/signal"
)

// language is every page in one language and time zone. The functions of a
// template speak for that reader, so that templates need not pass him around.
type language struct {
	pages map[string]*template.Template
}

func (l *language) render(w io.Writer, page, part string, data any) error {
	t, ok := l.pages[page]
	if !ok {
		return fmt.Errorf("there is no page template %q", page)
	}
	return t.ExecuteTemplate(w, part, data)
}

// newLanguage reads the frame and the parts that pages share ("_*.html") and
// lays each page over a copy of them.
func newLanguage(s *static, lang string, zone *time.Location) *language {
	funcs := functions(s, message.For(lang), zone)
	shared := template.Must(template.New("").Funcs(funcs).ParseFS(web, "web/templates/_*.html"))
	l := &language{map[string]*template.Template{}}
	files, err := fs.Glob(web, "web/templates/[a-z]*.html")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		t := template.Must(template.Must(shared.Clone()).ParseFS(web, f))
		l.pages[strings.TrimSuffix(path.Base(f), ".html")] = t
	}
	return l
}

func functions(s *static, p *message.Printer, zone *time.Location) template.FuncMap {
	return template.FuncMap{
		"t":          p.T,
		"code":       func(prefix, code string) string { return explain.Code(p, prefix, code) },
		"number":     p.Number,
		"percent":    p.Percent,
		"money":      p.Money,
		"date":       func(t time.Time) string { return p.Date(t.In(zone)) },
		"datetime":   func(t time.Time) string { return p.Moment(t, zone) },
		"clock":      func(t time.Time) string { return p.Clock(t, zone) },
		"iso":        func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"day":        func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"left":       func(until, now time.Time) string { return span(p, until.Sub(now)) },
		"since":      func(t, now time.Time) string { return span(p, now.Sub(t)) },
		"static":     func(name string) string { return s.prefix + name },
		"picture":    pictureURL,
		"plain":      explain.Plain,
		"path":       url.PathEscape,
		"query":      url.QueryEscape,
		"dict":       dict,
		"join":       strings.Join,
		"problem":    func(f fault.Field) string { return sayField(p, f) },
		"wrong":      func(f *fault.Field) string { return sayField(p, *f) },
		"score":      func(v float64) string { return fmt.Sprintf("%.2f", v) },
		"hundred":    func(v float64) int { return int(max(0, min(1, v))*100 + 0.5) },
		"inc":        func(n int) int { return n + 1 },
		"str":        func(v any) string { return fmt.Sprint(v) },
		"finding":    func(f finding) string { return sayFinding(p, f) },
		"factor":     func(f signal.Factor) string { return explain.Factor(p, f) },
		"rowproblem": func(r listing.RowProblem) string { return sayProblem(p, r) },
		"matched":    explain.Matched,
		"milestone":  func(e enforcement.Effect, days int) string { return sayMilestone(p, e, days) },
		"cost":       func(points, strikes int) string { return sayCost(p, points, strikes) },
		"rightname":  rightName,
		"hint":       func(field string) string { return sayHint(p, field) },
		"how":        func(f finding) []string { return explain.Details(p, f.Sighting) },
		"share":      func(at signal.Sighting) string { return explain.Share(p, &at) },
		"disguise":   func(code string) string { return explain.Code(p, "disguise", code) },
		"because":    func(e evidence, n int) string { return sayReason(p, e, n) },
	}
}

// span is a length of time in its largest unit.
func span(p *message.Printer, d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Hour:
		return p.T("span.minutes", "Count", int(d/time.Minute))
	case d < 48*time.Hour:
		return p.T("span.hours", "Count", int(d/time.Hour))
	}
	return p.T("span.days", "Count", int(d/(24*time.Hour)))
}

// dict builds the argument of a shared part from names and values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d arguments", len(pairs))
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}
