package lexicon

// Spelling is a way a name is likely to be written by those who avoid or
// misspell it.
type Spelling struct {
	Text   string
	Weight float64 // 0..1: how surely the spelling means the name
	Reason string  // one of SpellingReasons
}

// Propose returns spellings of a name in other scripts and forms.
func Propose(name, language string) []Spelling { return nil }
