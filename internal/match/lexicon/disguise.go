package lexicon

// A disguise is a way of hiding a wording; the bits name what was seen.
type disguise uint32

const (
	byCase disguise = 1 << iota // not reported
	bySpacing
	byPunct
	byUnseen
	byPicture
	byMarks
	byWidth
	byConfusable
	byAccent
	byLeet
	byJamo
	byVariant
	byMasked
	byTypo
	bySound
	byInitials
	byNear
	byOrder
	byPart
	byTransliteration
)

var disguiseCodes = []struct {
	bit  disguise
	code string
}{
	{bySpacing, "spacing"}, {byPunct, "punctuation"}, {byUnseen, "zero_width"}, {byPicture, "emoji"},
	{byMarks, "combining_marks"}, {byWidth, "width"}, {byConfusable, "confusable"}, {byAccent, "accent"},
	{byLeet, "leet"}, {byJamo, "jamo"}, {byVariant, "han_variant"}, {byMasked, "masked"}, {byTypo, "typo"},
	{bySound, "sound"}, {byInitials, "initials"}, {byNear, "near_name"}, {byOrder, "word_order"},
	{byPart, "part_of_name"}, {byTransliteration, "transliteration"},
}

// DisguiseCodes lists every value of Span.Disguises.
func DisguiseCodes() []string {
	out := make([]string, len(disguiseCodes))
	for i, d := range disguiseCodes {
		out[i] = d.code
	}
	return out
}

// codes returns the names of d's bits; nil for none.
func (d disguise) codes() []string {
	var out []string
	for _, c := range disguiseCodes {
		if d&c.bit != 0 {
			out = append(out, c.code)
		}
	}
	return out
}

// deliberate are disguises that nobody writes by accident.
const deliberate = byUnseen | byMarks | byConfusable | byLeet | byJamo | byMasked | byInitials | byPunct | byPicture
