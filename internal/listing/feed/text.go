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
	if !hasTag(s) {
		once := html.UnescapeString(s)
		if !hasTag(once) || !strings.Contains(s, "&lt;") {
			return tidy(once), nil
		}
		s = once // escaped twice on its way into the feed
	}
	p := plainText{joined: hasBlock(s)}
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
	joined   bool      // elements make the lines, line breaks of the source do not
	breaks   int       // line breaks due before the next word
}

func (p *plainText) take(kind html.TokenType, z *html.Tokenizer) {
	if kind == html.TextToken {
		if p.hidden == 0 {
			p.words(html.UnescapeString(string(z.Raw())))
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
			p.words(raw) // "<3", "<brand>": words, not markup
		case t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Template:
			p.hidden = t.DataAtom
		default:
			p.element(t)
		}
	case html.EndTagToken:
		if t.DataAtom == p.hidden {
			p.hidden = 0
		} else if p.hidden == 0 {
			p.breaks = max(p.breaks, blocks[t.DataAtom])
		}
	}
}

// words writes text after the line breaks that are due.
func (p *plainText) words(s string) {
	if p.joined {
		s = strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, s)
	}
	if strings.TrimSpace(s) != "" {
		p.text.WriteString("\n\n"[:min(p.breaks, 2)])
		p.breaks = 0
	}
	p.text.WriteString(s)
}

func (p *plainText) element(t html.Token) {
	if t.DataAtom == atom.Br {
		p.breaks++
	}
	p.breaks = max(p.breaks, blocks[t.DataAtom])
	if t.DataAtom == atom.Td || t.DataAtom == atom.Th {
		p.text.WriteByte(' ')
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "alt", "title":
			if v := strings.TrimSpace(a.Val); v != "" {
				p.words(" " + v + " ")
			}
		case "src", "data-src", "data-original", "data-lazy-src":
			if v := strings.TrimSpace(a.Val); t.DataAtom == atom.Img && v != "" && len(p.pictures) < maxDraftPictures {
				p.pictures = append(p.pictures, v)
			}
		}
	}
}

// blocks are the elements that begin a line, with the line breaks around them.
var blocks = map[atom.Atom]int{
	atom.P: 2, atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Ul: 2, atom.Ol: 2, atom.Table: 2,
	atom.Blockquote: 2, atom.Hr: 2, atom.Pre: 2, atom.Section: 2, atom.Article: 2,
	atom.Address: 1, atom.Aside: 1, atom.Caption: 1, atom.Center: 1, atom.Dd: 1, atom.Details: 1, atom.Div: 1, atom.Dl: 1, atom.Dt: 1,
	atom.Fieldset: 1, atom.Figcaption: 1, atom.Figure: 1, atom.Footer: 1, atom.Form: 1, atom.Header: 1, atom.Li: 1, atom.Main: 1,
	atom.Nav: 1, atom.Option: 1, atom.Summary: 1, atom.Tbody: 1, atom.Tfoot: 1, atom.Thead: 1, atom.Tr: 1,
}

// hasTag reports whether s holds an element that HTML knows.
func hasTag(s string) bool { return findTag(s, func(atom.Atom) bool { return true }) }

// hasBlock reports whether s is laid out by elements.
func hasBlock(s string) bool {
	return findTag(s, func(a atom.Atom) bool { return a == atom.Br || blocks[a] > 0 })
}

func findTag(s string, want func(atom.Atom) bool) bool {
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
		if n == 0 || n == len(s) || strings.IndexByte(" >/\t\r\n", s[n]) < 0 {
			continue
		}
		if a := atom.Lookup([]byte(strings.ToLower(s[:n]))); a != 0 && want(a) {
			return true
		}
	}
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
