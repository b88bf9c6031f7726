package message

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	plain "golang.org/x/text/message"

	"assay/internal/listing"
)

// Printer speaks one language. It is safe for concurrent use.
type Printer struct {
	lang      string
	texts     texts
	localizer *i18n.Localizer
	numbers   *plain.Printer
}

func newPrinter(lang string) *Printer {
	return &Printer{lang: lang, texts: texts{}, numbers: plain.NewPrinter(language.MustParse(lang))}
}

// Lang is the code of the language, for the lang attribute of a page.
func (p *Printer) Lang() string { return p.lang }

// Has reports whether there is a text under the key, for keys made of codes
// that somebody else may add to.
func (p *Printer) Has(key string) bool { _, ok := p.texts[key]; return ok }

// T is the text under the key with its arguments, given as name and value by
// turns: T("reason.text_name.sentence", "Brand", "Alba"). Numbers, times and
// money are written as the language does. An argument named Count chooses the
// plural form. The text is plain: a page must escape it.
//
// A key that is not there is returned as it is; it, and an argument that is
// not given, is logged once and listed by Missing.
func (p *Printer) T(key string, args ...any) string {
	t, ok := p.texts[key]
	if !ok {
		missed(p.lang + ": " + key)
		return key
	}
	config := i18n.LocalizeConfig{MessageID: key}
	data := make(map[string]any, len(t.arguments))
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		if name == "Count" {
			config.PluralCount = args[i+1]
		}
		data[name] = p.write(args[i+1])
	}
	for _, name := range t.arguments {
		if _, given := data[name]; !given {
			missed(p.lang + ": " + key + " {{." + name + "}}")
			data[name] = ""
		}
	}
	config.TemplateData = data
	said, err := p.localizer.Localize(&config)
	if err != nil {
		missed(p.lang + ": " + key + ": " + err.Error())
	}
	if said == "" {
		return key
	}
	return said
}

// write turns a value into what a text says.
func (p *Printer) write(v any) any {
	switch v := v.(type) {
	case int, int64, int32, uint64, uint32, float64:
		return p.Number(v)
	case time.Time:
		return p.Date(v)
	case listing.Money:
		return p.Money(v)
	}
	return v
}

var missing struct {
	sync.Mutex
	what map[string]bool
}

func missed(what string) {
	missing.Lock()
	defer missing.Unlock()
	if missing.what[what] || len(missing.what) > 10_000 {
		return
	}
	if missing.what == nil {
		missing.what = map[string]bool{}
	}
	missing.what[what] = true
	slog.Warn("a message is missing", "key", what)
}

// Missing lists what was asked for in this process and is not there, sorted:
// "ko: some.key", or "ko: some.key {{.Name}}" for an argument not given.
func Missing() []string {
	missing.Lock()
	defer missing.Unlock()
	return slices.Sorted(maps.Keys(missing.what))
}
