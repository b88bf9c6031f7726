package enforcement

import (
	"cmp"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"assay/internal/fault"
)

// problem is one thing wrong with a ladder's text.
type problem struct {
	line, column  int // from 1; column 0 is not known
	code, message string
}

type problems []problem

// maxProblems keeps the answer to a hopeless text short.
const maxProblems = 100

func (p *problems) add(n *yaml.Node, code, format string, args ...any) {
	p.at(n.Line, n.Column, code, format, args...)
}

func (p *problems) at(line, column int, code, format string, args ...any) {
	*p = append(*p, problem{max(line, 1), column, code, fmt.Sprintf(format, args...)})
}

func (p problems) asError() error {
	slices.SortStableFunc(p, func(a, b problem) int { return cmp.Or(a.line-b.line, a.column-b.column) })
	fields := make([]fault.Field, 0, min(len(p), maxProblems))
	for _, one := range p[:min(len(p), maxProblems)] {
		path := fmt.Sprintf("ladder.yaml:%d", one.line)
		if one.column > 0 {
			path = fmt.Sprintf("%s:%d", path, one.column)
		}
		fields = append(fields, fault.Field{Path: path, Message: one.message, Code: one.code})
	}
	return &fault.Error{Code: fault.Invalid, Fields: fields,
		Message: fmt.Sprintf("the ladder has %d problems; the first, at %s: %s", len(p), fields[0].Path, fields[0].Message)}
}
