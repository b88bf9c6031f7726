package keypoint

// A reading is one way in which an asset may have been changed: its codes follow without sampling again. Photographs
// are looked for in both. Marks are not flipped: lettering is seldom mirrored, and each reading costs a pass over the index.
type reading uint8

const (
	plain   reading = iota
	flipped         // mirrored left to right
)
