package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain turns the markup of a description into the words a buyer reads:
// scripts and styles are dropped, blocks become lines, entities become
// characters, alternative texts of pictures stay. The addresses of the
// pictures inside come back too.
func plain(s string) (text string, pictures []string) {
	if !strings.ContainsAny(s, "<&") {
		return tidy(s), nil
	}
	if !hasTag(s) && strings.Contains(s, "&lt;") {
		if once := html.UnescapeString(s); hasTag(once) {
			s = once // escaped twice on its way into the feed
		}
	}
	p := plainText{}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return tidy(p.text.String()), p.pictures
		}
		p.take(kind, z)
	}
}

// plainText gathers words while it walks through markup.
type plainText struct {
	text     strings.Builder
	pictures []string
	hidden   atom.Atom // inside this element nothing is shown
}

func (p *plainText) take(kind html.TokenType, z *html.Tokenizer) {
	if kind == html.TextToken {
		if p.hidden == 0 {
			p.text.WriteString(html.UnescapeString(flatten(string(z.Raw()))))
		}
		return
	}
	raw := string(z.Raw())
	t := z.Token()
	switch kind {
	case html.StartTagToken, html.SelfClosingTagToken:
		switch {
		case p.hidden != 0:
		case t.DataAtom == 0 && len(t.Attr) == 0 && !strings.Contains(t.Data, "-"):
			p.text.WriteString(raw) // "<3", "<brand>": words, not markup
		case t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Template || t.DataAtom == atom.Head || t.DataAtom == atom.Noscript:
			if kind == html.StartTagToken && t.DataAtom != atom.Noscript && t.DataAtom != atom.Head {
				p.hidden = t.DataAtom
			}
		default:
			p.element(t)
		}
	case html.EndTagToken:
		if t.DataAtom == p.hidden {
			p.hidden = 0
		} else if p.hidden == 0 && blocks[t.DataAtom] {
			p.text.WriteByte('\n')
		}
	}
}

func (p *plainText) element(t html.Token) {
	if blocks[t.DataAtom] {
		p.text.WriteByte('\n')
	}
	if t.DataAtom == atom.Td || t.DataAtom == atom.Th {
		p.text.WriteByte(' ')
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "alt", "title":
			if v := strings.TrimSpace(a.Val); v != "" {
				p.text.WriteString(" " + v + " ")
			}
		case "src", "data-src", "data-original", "data-lazy-src":
			if v := strings.TrimSpace(a.Val); t.DataAtom == atom.Img && v != "" && len(p.pictures) < maxDraftPictures {
				p.pictures = append(p.pictures, v)
			}
		}
	}
}

var blocks = map[atom.Atom]bool{
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Br: true, atom.Caption: true,
	atom.Center: true, atom.Dd: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true, atom.Figcaption: true,
	atom.Figure: true, atom.Footer: true, atom.Form: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Header: true, atom.Hr: true, atom.Li: true, atom.Main: true, atom.Nav: true, atom.Ol: true,
	atom.Option: true, atom.P: true, atom.Pre: true, atom.Section: true, atom.Table: true, atom.Tbody: true, atom.Tfoot: true,
	atom.Thead: true, atom.Tr: true, atom.Ul: true, atom.Summary: true, atom.Details: true,
}

// hasTag reports whether s holds an element that HTML knows.
func hasTag(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = strings.TrimPrefix(s[i+1:], "/")
		n := 0
		for n < len(s) && n < 20 && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] >= '0' && s[n] <= '9') {
			n++
		}
		if n > 0 && n < len(s) && strings.IndexByte(" >/\t\r\n", s[n]) >= 0 && atom.Lookup([]byte(strings.ToLower(s[:n]))) != 0 {
			return true
		}
	}
}

// flatten makes line breaks of the markup's source into blanks when it is
// laid out by elements.
func flatten(s string) string {
	return strings.NewReplacer("\r\n", "\n").Replace(s)
}

// tidy drops control characters, joins blanks and keeps at most one empty
// line between lines. Invisible letters stay: they are evidence.
func tidy(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank, breaks := false, 0
	for _, r := range s {
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			breaks++
			blank = false
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank = true
		default:
			if b.Len() > 0 && breaks > 0 {
				b.WriteString("\n\n"[:min(breaks, 2)])
			} else if b.Len() > 0 && blank {
				b.WriteByte(' ')
			}
			blank, breaks = false, 0
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneLine is plain text for titles, names and attributes.
func oneLine(s string) string {
	text, _ := plain(s)
	return strings.Join(strings.Fields(text), " ")
}

// guessLanguage names the language that a script belongs to; Latin and other
// scripts of many languages give nothing. Kana decide against Han, Hangul
// against both.
func guessLanguage(texts ...string) string {
	var hangul, kana, han int
	for _, s := range texts {
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			s = s[n:]
			switch {
			case r < 0x1100:
			case unicode.Is(unicode.Hangul, r):
				hangul++
			case unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r):
				kana++
			case unicode.Is(unicode.Han, r):
				han++
			}
		}
	}
	switch {
	case hangul > 0 && hangul*3 >= han:
		return "ko"
	case kana > 0 && kana*10 >= han:
		return "ja"
	case han > 0:
		return "zh"
	}
	return ""
}

// splitCategory normalises one category path.
func splitCategory(s, separators string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) })
	kept := parts[:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " > ")
}

// deepest picks, of several category paths, the one with most levels; the
// first of equals.
func deepest(paths []string, separators string) string {
	best, depth := "", -1
	for _, p := range paths {
		c := splitCategory(p, separators)
		if n := strings.Count(c, " > "); c != "" && n > depth {
			best, depth = c, n
		}
	}
	return best
}
