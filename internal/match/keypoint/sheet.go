package keypoint

// sheets hold the words of the photographs of a shelf, by slot, in rooms of one size: where a feature's words lie follows from
// its reference, so a look-up can ask for them at once. A sheet is large, so that the system can back it with large pages: a
// look-up touches words all over some 270 MB (50,000 photographs), and finding out where a small page lies costs as much
// as reading it.
type sheets [][]uint64

const (
	sheetSlots = 2048 // photographs of a sheet; 11 MB, of which only what is used takes memory
	roomWords  = photoWords * assetFeatures
)

// keep copies the words of a photograph to its room and returns them there.
func (s *sheets) keep(slot uint32, words []uint64) []uint64 {
	for int(slot/sheetSlots) >= len(*s) {
		sheet := make([]uint64, sheetSlots*roomWords)
		largePages(sheet)
		*s = append(*s, sheet)
	}
	room := (*s)[slot/sheetSlots][slot%sheetSlots*roomWords:][:roomWords]
	return room[:copy(room, words):roomWords]
}

// words are those of a feature.
func (s sheets) words(ref uint32) []uint64 {
	slot := assetOf(ref)
	at := slot%sheetSlots*roomWords + photoWords*uint32(featureOf(ref))
	return s[slot/sheetSlots][at : at+photoWords : at+photoWords]
}
