package signal

import (
	"encoding/hex"
	"strings"
)

// origins numbers assets and remembers of each what its signals tell, as
// knownAssets does, but for hundreds of thousands of them: some 100 bytes each.
// A number that is dropped is given to another asset, so whoever uses it keeps
// others from writing between asking for it and asking what it stands for.
type origins struct {
	numbers map[string]uint32 // by id
	rows    []packedOrigin    // by number
	free    []uint32
	names   map[string]uint32 // of brands and rights
	texts   []string          // by name; the first is empty
	files   map[uint32]string // pictures that are kept under no content key, by number
}

// packedOrigin is an origin in 56 bytes.
type packedOrigin struct {
	id           string
	brand, right uint32
	picture      [32]byte // content hash
}

func newOrigins() origins {
	return origins{numbers: map[string]uint32{}, names: map[string]uint32{"": 0}, texts: []string{""}, files: map[uint32]string{}}
}

// set remembers an asset and returns its number.
func (o *origins) set(k Known) uint32 {
	id := k.Asset.ID
	n, known := o.numbers[id]
	switch {
	case known:
	case len(o.free) > 0:
		n, o.free = o.free[len(o.free)-1], o.free[:len(o.free)-1]
	default:
		n = uint32(len(o.rows))
		o.rows = append(o.rows, packedOrigin{})
	}
	o.numbers[id] = n
	row := packedOrigin{id: id, brand: o.name(k.Asset.BrandID), right: o.name(k.Asset.RightID)}
	delete(o.files, n)
	if !packKey(&row.picture, k.Asset.Picture) {
		o.files[n] = k.Asset.Picture
	}
	o.rows[n] = row
	return n
}

func (o *origins) name(text string) uint32 {
	n, ok := o.names[text]
	if !ok {
		n = uint32(len(o.texts))
		o.names[text], o.texts = n, append(o.texts, text)
	}
	return n
}

// drop forgets an asset and returns the number that it had.
func (o *origins) drop(id string) (n uint32, ok bool) {
	if n, ok = o.numbers[id]; ok {
		delete(o.numbers, id)
		delete(o.files, n)
		o.rows[n] = packedOrigin{}
		o.free = append(o.free, n)
	}
	return n, ok
}

// at is the asset with a number.
func (o *origins) at(n uint32) (id string, of origin) {
	row := o.rows[n]
	of = origin{brandID: o.texts[row.brand], rightID: o.texts[row.right]}
	if file, ok := o.files[n]; ok {
		of.picture = file
	} else {
		of.picture = keyPrefix + hex.EncodeToString(row.picture[:])
	}
	return row.id, of
}

const keyPrefix = "sha256:"

// packKey reads a content key and reports whether it is one.
func packKey(into *[32]byte, key string) bool {
	digits, ok := strings.CutPrefix(key, keyPrefix)
	if !ok || len(digits) != 2*len(into) || strings.ToLower(digits) != digits {
		return false
	}
	_, err := hex.Decode(into[:], []byte(digits))
	return err == nil
}
