// Package keypoint finds protected photographs, marks and badges anywhere inside a picture.
//
// Local features of the picture are looked up in an inverted file, votes for the same asset in the same
// position are gathered, the position is refined with all features of the asset, and the pixels of asset and
// picture are compared under it. Only the pixels decide; docs/recognition.md explains every step.
package keypoint

import "errors"

// Version names the layout and meaning of marshalled Descriptors. Stored ones of another version must be computed again.
const Version = "keypoint/4"

// Method names the way in which assets are looked for in pictures. It changes whenever the same picture may be judged
// otherwise; descriptors stay good.
const Method = "keypoint/6"

// Kind says how an asset is looked for.
type Kind uint8

const (
	// Photograph is an opaque picture that is copied as a whole or in part, possibly mirrored.
	Photograph Kind = iota + 1
	// Mark is a logo or badge: transparent or on a plain plate, placed on other pictures in any colour.
	Mark
)

// Point is a position in pixels of the picture handed in; (0,0) is the outer corner of the first pixel.
type Point struct{ X, Y float64 }

// Match says that an asset was found.
type Match struct {
	ID   string
	Kind Kind
	// Score runs from 0 to 1 and may be compared over all queries; ReviewScore is the shipped threshold.
	Score float64
	// Outline holds where the corners of the asset lie in the query picture, possibly outside of it.
	Outline [4]Point
	// AssetOutline holds the same corners in the asset picture.
	AssetOutline [4]Point
	// Mirrored, Scale (query pixels per asset pixel) and Rotation (radians, clockwise as y points down)
	// say how the asset lies in the query.
	Mirrored        bool
	Scale, Rotation float64
	// Inliers counts the features that agree with the position; Correlation is that of the pixels under it.
	Inliers     int
	Correlation float64
	// Part is the region that agrees, when Score is that of a part and the whole says less; nil otherwise, for marks,
	// and where the Score is next to nothing. Outline, Inliers and Correlation are those of the whole in any case.
	Part *Region
	// Tie is set when another asset explains the same place nearly as well.
	Tie bool
}

// ReviewScore is the score from which a person should look at a match, BlockScore the one above which a false alarm
// is another print of the same lettering or of the same drawing (docs/recognition.md).
const (
	ReviewScore = 0.5
	BlockScore  = 0.8
)

// Errors of Describe, of reading descriptors, and of Add.
var (
	ErrKind    = errors.New("keypoint: unknown kind of asset")
	ErrSmall   = errors.New("keypoint: picture too small to recognise")
	ErrPlain   = errors.New("keypoint: picture too plain to recognise")
	ErrVersion = errors.New("keypoint: descriptors of another version")
	ErrCorrupt = errors.New("keypoint: corrupt descriptors")
	ErrFull    = errors.New("keypoint: no room for more assets")
)
