package ocr

import "unicode"

// Costs of the edit distance, in twentieths.
const (
	unit       = 20
	lookAlike  = 6 // letters that readers mix up
	additional = unit
)

const clusterLength = 7 // symbols: two or three syllables

// comparison is how one sentence lies in a reading.
type comparison struct {
	row        int32
	similarity float64
	start, end int     // symbols of the reading
	costs      []int32 // of every symbol of the sentence, in twentieths
}

// compare finds the stretch of the reading nearest to the sentence.
func (s *sentence) compare(text []rune) comparison {
	n, m := len(s.syms), len(text)
	table := make([]int32, (n+1)*(m+1)) // [i][j]: first i symbols against a stretch that ends at j
	for i := 1; i <= n; i++ {
		row, above := table[i*(m+1):][:m+1], table[(i-1)*(m+1):][:m+1]
		row[0] = int32(i * unit)
		for j := 1; j <= m; j++ {
			row[j] = min(above[j-1]+substitution(s.syms[i-1], text[j-1]), above[j]+unit, row[j-1]+additional)
		}
	}
	last := table[n*(m+1):]
	end := 0
	for j, v := range last {
		if v < last[end] {
			end = j
		}
	}
	c := comparison{similarity: 1 - float64(last[end])/float64(n*unit), end: end, costs: make([]int32, n)}
	i, j := n, end
	for i > 0 {
		v := table[i*(m+1)+j]
		switch {
		case j > 0 && v == table[(i-1)*(m+1)+j-1]+substitution(s.syms[i-1], text[j-1]):
			i, j = i-1, j-1
			c.costs[i] += v - table[i*(m+1)+j]
		case v == table[(i-1)*(m+1)+j]+unit:
			i--
			c.costs[i] += unit
		default: // an additional symbol counts against the word it stands in
			j--
			c.costs[i-1] += additional
		}
	}
	c.start = j
	return c
}

// accepted says whether the reading is near enough as a whole and in every
// part: one missed word may be the only one that matters. strictness runs from
// 0 for a doubtful reading to 1 for a sure one.
func (c *comparison) accepted(s *sentence, strictness float64) bool {
	if s.han {
		return c.similarity >= hanFloor+stricter*strictness && !c.gap()
	}
	if c.similarity < phraseFloor+stricter*strictness {
		return false
	}
	for i, from := range s.words {
		to := len(s.syms)
		if i+1 < len(s.words) {
			to = s.words[i+1]
		}
		lost := int32(0)
		for _, v := range c.costs[from:to] {
			lost += v
		}
		allowed := max(unit, (1-wordFloor-strictWord*strictness)*float64((to-from)*unit)) // one letter of a short word
		if to-from >= shortWord && float64(lost) > allowed {
			return false
		}
	}
	return !c.cluster()
}

// cluster says whether in some stretch of the sentence more is lost than left:
// a name, with the particles or words around it read well.
func (c *comparison) cluster() bool {
	lost := int32(0)
	for i, v := range c.costs {
		lost += v
		if i >= clusterLength {
			lost -= c.costs[i-clusterLength]
		}
		if 2*lost > clusterLength*unit {
			return true
		}
	}
	return false
}

// gap says whether two neighbouring symbols are both something else.
func (c *comparison) gap() bool {
	for i := 1; i < len(c.costs); i++ {
		if c.costs[i-1] >= 9*unit/10 && c.costs[i] >= 9*unit/10 {
			return true
		}
	}
	return false
}

// substitution is the cost of reading a as b.
func substitution(a, b rune) int32 {
	switch {
	case a == b:
		return 0
	case a < 128 && b < 128:
		if cheapest(a) == cheapest(b) {
			return lookAlike
		}
	case unicode.Is(unicode.Han, a) && unicode.Is(unicode.Han, b):
		return hanCost(a, b)
	}
	return unit
}

// cheapest merges Latin letters and digits that readers mix up.
func cheapest(s rune) rune {
	switch s {
	case 'l', '1', 'j', 't', '|':
		return 'i'
	case '0', 'q', 'c', 'e':
		return 'o'
	case '5':
		return 's'
	case '8', '6':
		return 'b'
	case '9':
		return 'g'
	case '2':
		return 'z'
	case 'v':
		return 'u'
	}
	return s
}
