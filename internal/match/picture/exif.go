package picture

import (
	"bytes"
	"encoding/binary"
)

// exifOrientation returns the orientation, 1 to 8, stated by an EXIF block (a
// TIFF directory, with or without the "Exif" prefix), or 1 if it states none.
func exifOrientation(block []byte) int {
	block = bytes.TrimPrefix(block, []byte("Exif\x00\x00"))
	if len(block) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(block[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(block[4:]))
	if at+2 > uint64(len(block)) {
		return 1
	}
	const tagOrientation, entry = 0x0112, 12
	fields := block[at+2:]
	for range order.Uint16(block[at:]) {
		if len(fields) < entry {
			return 1
		}
		if order.Uint16(fields) == tagOrientation {
			if o := int(order.Uint16(fields[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		fields = fields[entry:]
	}
	return 1
}
