// Package message holds every sentence that people read, in each language of
// the house, and writes dates, numbers and money as that language does.
//
// Texts live in catalogue/<area>.<language>.yaml as flat keys. A text is a
// template over named arguments ("{{.Brand}}"); one that counts has plural
// forms:
//
//	queue.late:
//	  one: "{{.Count}} case is late"
//	  other: "{{.Count}} cases are late"
//
// Every file of the folder is taken in; the tests of this package see to it
// that all languages say the same things with the same arguments.
package message

import (
	"golang.org/x/text/language"
)

// Language is one the house speaks.
type Language struct {
	Code string // BCP 47: "en"
	Name string // as it calls itself: "한국어"
}

var languages = []Language{
	{"en", "English"},
	{"ko", "한국어"},
	{"zh", "简体中文"},
	{"it", "Italiano"},
}

// Languages lists all of them; the first is the default.
func Languages() []Language { return append([]Language(nil), languages...) }

var matcher = language.NewMatcher(tags())

func tags() []language.Tag {
	list := make([]language.Tag, len(languages))
	for i, l := range languages {
		list[i] = language.MustParse(l.Code)
	}
	return list
}

// maxAccept bounds what is read of an Accept-Language header.
const maxAccept = 1000

// Match finds the best language for Accept-Language headers or plain language
// tags, the most wanted first. Without a match it is "en".
func Match(accept ...string) string {
	for _, a := range accept {
		wanted, _, err := language.ParseAcceptLanguage(a[:min(len(a), maxAccept)])
		if err != nil || len(wanted) == 0 {
			continue
		}
		if _, i, confidence := matcher.Match(wanted...); confidence > language.No {
			return languages[i].Code
		}
	}
	return languages[0].Code
}

// For is the printer of a language; of another language or dialect, that of
// the best match.
func For(lang string) *Printer {
	all := printers()
	if p, ok := all[lang]; ok {
		return p
	}
	return all[Match(lang)]
}

// Keys lists the keys of a language, sorted.
func Keys(lang string) []string { return For(lang).texts.keys() }
