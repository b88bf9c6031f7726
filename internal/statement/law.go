package statement

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"

	"assay/internal/registry"
)

//go:embed law.yaml
var lawSource []byte

// lawbook is what statements say of the law, as data: which provision protects
// a right, where an office's rights hold, and who hears a dispute.
type lawbook struct {
	Provisions map[string]map[registry.RightKind]map[string]string `yaml:"provisions"` // office, kind, language
	Reach      map[string][]string                                 `yaml:"reach"`      // office to countries
	Profiles   map[string]Profile                                  `yaml:"profiles"`
}

// Profile is what differs for sellers of a region.
type Profile struct {
	Countries []string `yaml:"countries"`
	Outside   string   `yaml:"outside"` // out-of-court body
}

var theLaw = sync.OnceValue(func() lawbook {
	var b lawbook
	if err := yaml.Unmarshal(lawSource, &b); err != nil { // part of the program; a test has read it
		panic(fmt.Errorf("law.yaml: %w", err))
	}
	return b
})

// profileOf is the profile of a seller's country.
func profileOf(country string) Profile {
	for _, p := range theLaw().Profiles {
		if slices.Contains(p.Countries, country) {
			return p
		}
	}
	return Profile{}
}

// reach is where an office's rights hold.
func reach(office string) ([]string, bool) {
	list, ok := theLaw().Reach[office]
	if !ok && len(office) == 2 && office != "WO" && office != "EM" {
		return []string{office}, true
	}
	return list, ok
}

// provision cites the provision that protects a right, "" when none is known.
func provision(r Right, lang string) string {
	texts := theLaw().Provisions[r.Office][r.Kind]
	if texts[lang] != "" {
		return texts[lang]
	}
	return texts["en"]
}

// EEA are the countries that the DSA database knows: those of the European
// Union with Iceland, Liechtenstein and Norway.
func EEA() []string { return theLaw().Profiles["eu"].Countries }
