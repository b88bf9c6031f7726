package keypoint

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"sync"
)

// Index holds many assets and finds them in pictures. All methods may be called at the same time; an asset is
// found by every Search that starts after its Add has returned.
type Index struct {
	mu     sync.RWMutex
	byID   map[string]entry
	shelfs [Mark + 1]shelf
	crews  int // that gather, see Gather
}

type entry struct {
	kind Kind
	slot uint32
}

// shelf holds the assets of one kind.
type shelf struct {
	assets []asset // by slot
	free   []uint32
	posts  *postings
	heap   []posting // gathered, not yet in the file
	roster roster    // of marks
	sheets sheets    // of photographs
}

// gathered is how many features wait for the file at most: sorting many at once is what makes gathering fast.
const gathered = 1 << 20

// Gather lets many assets be added several times as fast. Until the function that it returns is called, searches may not
// find what has been added since. Both may be called at the same time as anything else.
func (ix *Index) Gather() (done func()) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.crews++
	return sync.OnceFunc(func() {
		ix.mu.Lock()
		defer ix.mu.Unlock()
		if ix.crews--; ix.crews > 0 {
			return
		}
		for kind := range ix.shelfs {
			ix.shelfs[kind].file()
		}
	})
}

// file puts what was gathered into the inverted file.
func (s *shelf) file() {
	if len(s.heap) > 0 {
		s.posts.add(s.heap)
	}
	s.heap = nil
}

// asset is one of a mark or of a photograph, or an empty slot.
type asset struct {
	id       string
	d        *Descriptors // of a mark
	features []stored     // its own, at hand
	photo    photo
}

func newAsset(id string, d *Descriptors) asset {
	if d.kind == Photograph {
		return asset{id: id, photo: newPhoto(d)}
	}
	return asset{id: id, d: d, features: d.features}
}

func (a *asset) keys() []uint32 {
	if a.d == nil {
		return a.photo.keys()
	}
	out := make([]uint32, len(a.d.features))
	for i := range out {
		out[i] = a.d.features[i].code.key()
	}
	return out
}

// NewIndex returns an empty index.
func NewIndex() *Index { return &Index{byID: map[string]entry{}} }

// Len is the number of assets.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.byID)
}

// Add makes an asset findable; one of the same id is replaced. It fails with ErrKind, or with ErrFull when there are
// a million assets of its kind.
func (ix *Index) Add(id string, d *Descriptors) error {
	if d == nil {
		return errors.New("keypoint: no descriptors to add for " + id)
	}
	if d.kind != Photograph && d.kind != Mark {
		return fmt.Errorf("%w: %d", ErrKind, d.kind)
	}
	made := newAsset(id, d)
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := &ix.shelfs[d.kind]
	if e, ok := ix.byID[id]; (!ok || e.kind != d.kind) && len(s.free) == 0 && len(s.assets) == mostSlots {
		return fmt.Errorf("%w: %d of one kind", ErrFull, mostSlots)
	}
	ix.remove(id)
	if s.posts == nil {
		s.posts = new(postings)
	}
	slot := uint32(len(s.assets))
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
		s.assets[slot] = made
	} else {
		s.assets = append(s.assets, made)
	}
	if p := &s.assets[slot].photo; d.kind == Photograph {
		p.words = s.sheets.keep(slot, p.words)
	}
	s.heap = postingsOf(s.heap, slot, d.features)
	if ix.crews == 0 || len(s.heap) >= gathered {
		s.file()
	}
	s.roster.add(slot, d.template.on)
	ix.byID[id] = entry{d.kind, slot}
	return nil
}

// Remove forgets an asset and says whether it was there.
func (ix *Index) Remove(id string) bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.remove(id)
}

func (ix *Index) remove(id string) bool {
	e, ok := ix.byID[id]
	if !ok {
		return false
	}
	s := &ix.shelfs[e.kind]
	s.file() // it may be among the gathered
	s.posts.remove(e.slot, s.assets[e.slot].keys())
	s.roster.remove(e.slot)
	s.assets[e.slot] = asset{}
	s.free = append(s.free, e.slot)
	delete(ix.byID, id)
	return true
}

// Search finds assets inside a picture, best match first. An asset that lies in the picture several times may
// be reported several times. Matches below ReviewScore are reported as well: a caller chooses its threshold.
func (ix *Index) Search(img *image.NRGBA) []Match {
	var out []Match
	all := panes(img.Bounds())
	for _, pane := range all {
		part := img.SubImage(pane).(*image.NRGBA)
		found := ix.searchPane(part)
		shift(found, pane.Min.Sub(img.Bounds().Min))
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	if len(all) > 1 {
		out = bestOfEach(out)
	}
	markTies(out)
	return out
}

func (ix *Index) searchPane(img *image.NRGBA) []Match {
	q := newQuery(img, ix.wanted())
	defer q.release()
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	var out []Match
	for kind := range ix.shelfs {
		if s := &ix.shelfs[kind]; len(s.assets) > len(s.free) {
			out = append(out, s.search(q, Kind(kind))...)
		}
	}
	return out
}

// tieMargin is the difference of scores, on their logistic scale, within which two assets in one place tie.
const tieMargin = 0.7

// markTies sets Tie on the matches that compete with the best one for the same place.
func markTies(sorted []Match) {
	for i := range sorted {
		for j := i + 1; j < len(sorted); j++ {
			a, b := &sorted[i], &sorted[j]
			if a.ID != b.ID && logit(a.Score)-logit(b.Score) < tieMargin && a.overlaps(b) {
				a.Tie, b.Tie = true, true
			}
		}
	}
}

func logit(p float64) float64 {
	p = min(max(p, 1e-6), 1-1e-6)
	return math.Log(p / (1 - p))
}

// overlaps says that each outline's centre lies near the other's.
func (m *Match) overlaps(o *Match) bool {
	a, b := m.centre(), o.centre()
	far := math.Hypot(a.X-b.X, a.Y-b.Y)
	return far < m.radius() && far < o.radius()
}

func (m *Match) centre() (c Point) {
	for _, p := range m.Outline {
		c.X += p.X / 4
		c.Y += p.Y / 4
	}
	return c
}

// radius is a quarter of the outline's diagonal.
func (m *Match) radius() float64 {
	return math.Hypot(m.Outline[0].X-m.Outline[2].X, m.Outline[0].Y-m.Outline[2].Y) / 4
}

// wanted says which kinds there are, so that a picture is not prepared for the others.
func (ix *Index) wanted() (out [Mark + 1]bool) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	for kind := range ix.shelfs {
		s := &ix.shelfs[kind]
		out[kind] = len(s.assets) > len(s.free)
	}
	return out
}
