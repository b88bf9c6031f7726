package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"assay/internal/listing"
)

// Bounds of a list of listings.
const (
	MaxLines = 1000
	maxLine  = 2000    // bytes of one line
	maxText  = 1 << 20 // bytes of all lines
)

// Line is one line of a list, read: what it may name.
type Line struct {
	N       int    // from 1, counting lines that name something
	Raw     string // as it was given, bounded
	Key     string // listing.LinkKey, "" when it is no address
	Names   []string
	Problem string // why it names nothing, "" when it may
}

// Problems of lines.
const (
	LineTooLong   = "too_long"        // longer than maxLine bytes
	LineBadURL    = "bad_address"     // looks like an address and is none
	LineNoListing = "no_such_listing" // names no listing of this marketplace
	LineAmbiguous = "ambiguous"       // names several
	LineRepeated  = "line_repeated"   // an earlier line of the notice names it
	LineOpen      = "open_already"    // an open notice of the same notifier names it
	LineGone      = "gone"            // the listing is removed or withdrawn already
)

// LineProblems lists every problem: message "notice.problem.<code>".
var LineProblems = []string{LineTooLong, LineBadURL, LineNoListing, LineAmbiguous, LineRepeated, LineOpen, LineGone}

// ParseLines reads a list of listings: addresses or ids, one a line, or
// several a line with commas, semicolons or spaces between them. Bullets,
// numbers before, quotes and brackets around are taken off. more says how many
// there are beyond MaxLines, which are left out. It never fails.
func ParseLines(text string) (lines []Line, more int) {
	text = strings.ToValidUTF8(text[:min(len(text), maxText)], "\uFFFD")
	for _, row := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		for _, word := range words(row) {
			if len(lines) == MaxLines {
				more++
				continue
			}
			lines = append(lines, readLine(len(lines)+1, word))
		}
	}
	return lines, more
}

// What stands between pieces of a row beside spaces, and around them.
const (
	between = ",;|，；、"
	around  = `"'<>()[]{}“”‘’「」《》`
)

// words are the pieces of a row that may name a listing.
func words(row string) []string {
	var out []string
	for i, w := range strings.FieldsFunc(row, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(between, r) }) {
		if i == 0 && isOrdinal(w, row) {
			continue
		}
		for before := ""; w != before; { // a bracket may stand before a full stop, and after one
			before = w
			w = strings.TrimRight(strings.Trim(w, around), ".。")
		}
		if strings.Trim(w, "-*•·–—>#") != "" {
			out = append(out, w)
		}
	}
	return out
}

// isOrdinal reports whether the first word of a row only numbers it: "12)", or
// a bare number before an address.
func isOrdinal(w, row string) bool {
	digits := strings.TrimRight(w, ".):")
	return len(digits) <= 4 && digits != "" && strings.Trim(digits, "0123456789") == "" && (digits != w || strings.Contains(row, "://"))
}

func readLine(n int, word string) Line {
	l := Line{N: n, Raw: cut(word, maxLine)}
	switch {
	case len(word) > maxLine:
		l.Problem = LineTooLong
	case strings.Contains(word, "://") || strings.HasPrefix(word, "www."):
		l.readAddress(word)
	default:
		l.Names = []string{word}
	}
	return l
}

// readAddress takes an address apart: the page, and whatever in it may be the
// marketplace's own id of the listing.
func (l *Line) readAddress(word string) {
	if strings.HasPrefix(word, "www.") {
		word = "https://" + word
	}
	u, err := url.Parse(word)
	if l.Key = listing.LinkKey(word); err != nil || l.Key == "" {
		l.Problem = LineBadURL
		return
	}
	parts := strings.Split(u.Path, "/")
	for i := len(parts) - 1; i >= 0 && len(l.Names) < 4; i-- {
		name := strings.TrimSuffix(parts[i], ".html")
		if name != "" && strings.ContainsAny(name, "0123456789") {
			l.Names = append(l.Names, name)
		}
	}
	for _, values := range u.Query() {
		for _, v := range values {
			if v != "" && strings.ContainsAny(v, "0123456789") && len(l.Names) < 8 {
				l.Names = append(l.Names, v)
			}
		}
	}
}

// cut is s in at most n bytes, whole letters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func foldMail(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}
