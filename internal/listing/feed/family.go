package feed

import "container/list"

// Memory of a family: rows, and bytes of their originals.
const (
	maxHeldRows  = 20_000
	maxHeldBytes = 16 << 20
)

// kin says how a row hangs together with others.
type kin struct {
	names    []string // by which other rows name it: SKU, id
	parent   string   // the product it says it is a variant of
	children []string // the variants it names itself
	open     bool     // a product with variants that it does not name
	hidden   bool     // sold only as the variant of a product that may follow
}

// family is the source of formats in which products and variants are rows of
// their own that name each other, in any order and not always side by side.
// Rows are held until their family is complete. Held memory is bounded: what
// has to go early stands alone, a variant with a warning.
type family struct {
	in      records
	read    func(r *record, d *draft) kin
	held    *list.List           // of *member, oldest first
	bytes   int                  // of all held
	parents map[string]*member   // held products by their own names
	claims  map[string]*member   // held products by the variants they name
	orphans map[string][]*member // held variants by the parent they name
	hidden  map[string]*member   // held variants by their own names
	ready   []*draft
	ended   error

	maxRows, maxBytes int
}

type member struct {
	draft   *draft
	kin     kin
	place   *list.Element
	bytes   int
	missing map[string]bool // variants it named that are not here yet
}

func newFamily(in records, read func(r *record, d *draft) kin) *family {
	return &family{
		in: in, read: read, held: list.New(), parents: map[string]*member{}, claims: map[string]*member{},
		orphans: map[string][]*member{}, hidden: map[string]*member{}, maxRows: maxHeldRows, maxBytes: maxHeldBytes,
	}
}

func (f *family) next() (*draft, error) {
	for len(f.ready) == 0 {
		if f.ended != nil {
			if f.held.Len() == 0 {
				return nil, f.ended
			}
			f.release(f.oldest())
			continue
		}
		r, err := f.in.next()
		if err != nil {
			f.ended = err
			continue
		}
		f.take(r)
		for f.held.Len() > f.maxRows || f.bytes > f.maxBytes {
			f.release(f.oldest())
		}
	}
	d := f.ready[0]
	f.ready = f.ready[1:]
	return d, nil
}

func (f *family) oldest() *member { return f.held.Front().Value.(*member) }

// take places one row: into its family, into waiting, or straight through.
func (f *family) take(r *record) {
	d := newDraft(r)
	if d.reject != nil {
		f.ready = append(f.ready, d)
		return
	}
	m := &member{draft: d, kin: f.read(r, d), bytes: d.size}
	if p := f.parentOf(m); p != nil {
		f.join(p, m)
		return
	}
	switch {
	case m.kin.parent != "":
		f.hold(m)
		f.orphans[m.kin.parent] = append(f.orphans[m.kin.parent], m)
	case m.kin.hidden:
		f.hold(m)
		putAll(f.hidden, m.kin.names, m)
	case m.kin.open || len(m.kin.children) > 0:
		f.adopt(m)
	default:
		f.ready = append(f.ready, d)
	}
}

func (f *family) parentOf(m *member) *member {
	if m.kin.parent != "" {
		return f.parents[m.kin.parent]
	}
	if m.kin.hidden {
		for _, n := range m.kin.names {
			if p := f.claims[n]; p != nil {
				return p
			}
		}
	}
	return nil
}

func (f *family) hold(m *member) {
	m.place = f.held.PushBack(m)
	f.bytes += m.bytes
}

// adopt holds a product and takes in the variants that came before it.
func (f *family) adopt(p *member) {
	f.hold(p)
	putAll(f.parents, p.kin.names, p)
	putAll(f.claims, p.kin.children, p)
	p.missing = make(map[string]bool, len(p.kin.children))
	for _, c := range p.kin.children {
		p.missing[c] = true
	}
	var early []*member
	for _, n := range p.kin.names {
		early = append(early, f.orphans[n]...)
	}
	for _, c := range p.kin.children {
		if m := f.hidden[c]; m != nil {
			early = append(early, m)
		}
	}
	for _, m := range early {
		if m.place != nil && p.place != nil {
			f.drop(m)
			f.join(p, m)
		}
	}
}

// join merges a variant into a held product and lets the product go once all
// variants it named are here.
func (f *family) join(p, m *member) {
	p.draft.absorb(m.draft)
	kept := m.bytes / 4 // prices, pictures and options stay of a variant
	p.bytes += kept
	f.bytes += kept
	for _, n := range m.kin.names {
		delete(p.missing, n)
	}
	if !p.kin.open && len(p.missing) == 0 {
		f.release(p)
	}
}

// release gives a held row out.
func (f *family) release(m *member) {
	f.drop(m)
	if m.kin.parent != "" {
		m.draft.warn(codeVariantAlone, value{column: "parent"}, quoted(m.kin.parent))
	}
	f.ready = append(f.ready, m.draft)
}

// drop forgets a held row.
func (f *family) drop(m *member) {
	f.held.Remove(m.place)
	m.place = nil
	f.bytes -= m.bytes
	takeAll(f.parents, m.kin.names, m)
	takeAll(f.claims, m.kin.children, m)
	takeAll(f.hidden, m.kin.names, m)
	if waiting := f.orphans[m.kin.parent]; m.kin.parent != "" {
		kept := waiting[:0]
		for _, w := range waiting {
			if w.place != nil {
				kept = append(kept, w)
			}
		}
		if f.orphans[m.kin.parent] = kept; len(kept) == 0 {
			delete(f.orphans, m.kin.parent)
		}
	}
}

// putAll names m; the first holder of a name keeps it.
func putAll(by map[string]*member, names []string, m *member) {
	for _, n := range names {
		if by[n] == nil && n != "" {
			by[n] = m
		}
	}
}

func takeAll(by map[string]*member, names []string, m *member) {
	for _, n := range names {
		if by[n] == m {
			delete(by, n)
		}
	}
}
