package lexicon

// said is a term with where it was said.
type said struct {
	term       *term
	field      *fieldText
	start, end int
}

func (s said) text() string {
	a, b := s.field.span(s.start, s.end)
	return s.field.text[a:b]
}

func (s said) evidence() Span {
	a, b := s.field.span(s.start, s.end)
	return Span{Field: s.field.name, Start: a, End: b, Text: s.field.text[a:b], Matched: s.term.code}
}

func (c *candidate) evidence() Span {
	a, b := c.field.span(c.start, c.end)
	return Span{Field: c.field.name, Start: a, End: b, Text: c.field.text[a:b], Matched: c.entry().Text, Disguises: c.dis.codes()}
}
