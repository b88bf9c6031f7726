package lexicon

// useReach is how near, in symbols, words must stand that say how a name is
// used.
const useReach = 40

// useFeatures adds style and affiliation words near the name.
func (s *scorer) useFeatures(t *tally, c *candidate) {
	for _, u := range s.ctx.styles {
		if c.close(u, useReach) {
			t.add(u.term.code, s.w.Style, u.text())
			break
		}
	}
	for _, u := range s.ctx.ties {
		if c.close(u, useReach) {
			t.add(u.term.code, s.w.Affiliation, u.text())
			break
		}
	}
}

func (c *candidate) close(u said, reach int) bool {
	return u.field.name == c.field.name && u.start <= c.end+reach && u.end >= c.start-reach && (u.end < c.start || u.start > c.end)
}

func (s *scorer) addTieSpan(f *Finding, c *candidate) {
	for _, u := range s.ctx.ties {
		if c.close(u, useReach) {
			f.Spans = append(f.Spans, u.evidence())
			return
		}
	}
}
