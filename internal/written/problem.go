package written

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/fault"
)

// problem is one thing wrong with a text.
type problem struct {
	line, column  int // from 1; column 0 is not known
	code, message string
	phrase        *fault.Phrase
}

// Problems are what is wrong with one text, told all at once.
type Problems struct {
	What string // "policy", as messages call it
	File string // "policy.yaml", as the paths of the fields begin
	list []problem
}

// maxProblems keeps the answer to a hopeless text short.
const maxProblems = 100

// Add notes what is wrong at a node.
func (p *Problems) Add(n *yaml.Node, code, format string, args ...any) {
	p.At(n.Line, n.Column, code, format, args...)
}

// At notes what is wrong at a line and column from 1; column 0 is not known.
func (p *Problems) At(line, column int, code, format string, args ...any) {
	p.list = append(p.list, problem{max(line, 1), column, code, fmt.Sprintf(format, args...), &fault.Phrase{Key: Key(format), Values: args}})
}

// keyWords is how many words of a sentence make its key.
const keyWords = 8

var keyWord = regexp.MustCompile(`%[a-z]|[a-z0-9]+`)

// Key is where the catalogue has a sentence that Add is given as a format: the
// first words of it, without the values. Two sentences with one key say the
// same.
func Key(format string) string {
	words := slices.DeleteFunc(keyWord.FindAllString(strings.ToLower(format), -1), func(w string) bool { return w[0] == '%' })
	return "written." + strings.Join(words[:min(len(words), keyWords)], "_")
}

// Any reports whether anything is wrong.
func (p *Problems) Any() bool { return len(p.list) > 0 }

// Err is fault.Invalid with a field for each problem, in the order of the
// text, whose Path is "FILE:LINE" or "FILE:LINE:COLUMN". There must be one.
func (p *Problems) Err() error {
	slices.SortStableFunc(p.list, func(a, b problem) int { return cmp.Or(a.line-b.line, a.column-b.column) })
	fields := make([]fault.Field, 0, min(len(p.list), maxProblems))
	for _, one := range p.list[:min(len(p.list), maxProblems)] {
		path := fmt.Sprintf("%s:%d", p.File, one.line)
		if one.column > 0 {
			path = fmt.Sprintf("%s:%d", path, one.column)
		}
		fields = append(fields, fault.Field{Path: path, Message: one.message, Code: one.code, Phrase: one.phrase})
	}
	return &fault.Error{Code: fault.Invalid, Fields: fields,
		Message: fmt.Sprintf("the %s has %d problems; the first, at %s: %s", p.What, len(p.list), fields[0].Path, fields[0].Message)}
}
