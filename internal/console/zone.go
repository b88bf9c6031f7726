package console

import (
	"sync"
	"time"

	"assay/internal/message"
)

// zones are those that people choose from, by where they are; any other that
// the program knows is kept when an administrator or the API sets it.
var zones = []string{"UTC", "Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Ho_Chi_Minh", "Asia/Bangkok", "Asia/Jakarta", "Asia/Manila",
	"Asia/Kolkata", "Asia/Dubai", "Europe/Istanbul", "Europe/Moscow", "Europe/Athens", "Europe/Rome", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Amsterdam", "Europe/Warsaw",
	"Europe/London", "Europe/Dublin", "Europe/Lisbon", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Mexico_City", "Australia/Sydney"}

// zoneOf is the place that a zone names; what is not known is UTC.
func zoneOf(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// maxVoices bounds how many sets of templates are kept: one for each language
// and zone that readers have.
const maxVoices = 64

// voices are the pages in each language and zone, parsed when somebody first
// reads them: the functions of a template speak for one reader.
type voices struct {
	static *static
	mu     sync.Mutex
	sets   map[string]*language
}

func newVoices(s *static) *voices {
	v := &voices{static: s, sets: map[string]*language{}}
	for _, l := range message.Languages() { // a broken template is found at start
		v.of(l.Code, "UTC")
	}
	return v
}

func (v *voices) of(lang, zone string) *language {
	loc := zoneOf(zone)
	key := lang + " " + loc.String()
	v.mu.Lock()
	defer v.mu.Unlock()
	if l, ok := v.sets[key]; ok {
		return l
	}
	if len(v.sets) >= maxVoices {
		for other := range v.sets {
			delete(v.sets, other)
			break
		}
	}
	l := newLanguage(v.static, lang, loc)
	v.sets[key] = l
	return l
}
