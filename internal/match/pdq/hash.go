// Package pdq computes the PDQ perceptual hash of a picture, bit for bit as the
// published reference does (facebook/ThreatExchange, pdq/cpp; algorithm and
// constants: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
// Algorithm", 2019).
//
// Two pictures are taken for the same one when their hashes differ in at most
// MatchDistance bits. A hash of quality below MinQuality says too little to be
// compared with anything.
package pdq

import (
	"encoding/hex"
	"fmt"
	"math/bits"
)

const (
	// Bits is the length of a hash.
	Bits = 256
	// MatchDistance is the largest Hamming distance, in bits, at which the
	// reference calls two pictures the same.
	MatchDistance = 31
	// MinQuality is the lowest quality (0 to 100) at which a hash is of use.
	MinQuality = 50
)

// Hash is a PDQ hash. Bit k (row k/16, column k%16 of the cosine transform) is
// bit k%64 of word k/64, so the reference's text form prints word 3 first.
type Hash [4]uint64

// String returns the 64 hexadecimal digits that the reference prints.
func (h Hash) String() string {
	return fmt.Sprintf("%016x%016x%016x%016x", h[3], h[2], h[1], h[0])
}

// Parse reads the form that String writes; upper-case digits are accepted.
func Parse(text string) (Hash, error) {
	if len(text) != Bits/4 {
		return Hash{}, fmt.Errorf("pdq: hash %.80q has %d characters, want %d hexadecimal digits", text, len(text), Bits/4)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return Hash{}, fmt.Errorf("pdq: hash %q: %w", text, err)
	}
	var h Hash
	for i, b := range raw {
		h[3-i/8] = h[3-i/8]<<8 | uint64(b)
	}
	return h, nil
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler with the form of Parse.
func (h *Hash) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// Distance returns the number of bits, 0 to 256, in which h and other differ.
func (h Hash) Distance(other Hash) int {
	return bits.OnesCount64(h[0]^other[0]) + bits.OnesCount64(h[1]^other[1]) +
		bits.OnesCount64(h[2]^other[2]) + bits.OnesCount64(h[3]^other[3])
}
