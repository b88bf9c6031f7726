package keypoint

// A reading is one way in which an asset may have been changed: its codes follow without sampling again.
type reading uint8

const (
	plain   reading = iota
	flipped         // mirrored left to right
)

// readings lists those looked for by kind. Marks are not flipped: lettering is seldom mirrored, and each
// reading costs a pass over the index.
func readings(k Kind) []reading {
	if k == Mark {
		return []reading{plain}
	}
	return []reading{plain, flipped}
}

// read gives the code the asset's feature would have had, and the margins behind its key.
func (f *feature) read(r reading) (code, [keyWidth]uint8) {
	order := [4]int{identity, mirror, halfTurn, mirroredTurn}
	c := f.code
	if r == flipped {
		order = [4]int{mirror, identity, mirroredTurn, halfTurn}
		c = c.mirrored()
	}
	var m [keyWidth]uint8
	for g, o := range order {
		copy(m[g*keyBits:], f.margin[o][:])
	}
	return c, m
}
