package keypoint

import (
	_ "embed"
	"math"
)

// The framer is a small network, trained on the finder's own boxes (training/marks), that looks at a box and what is around it
// and says where the mark in it really lies: the finder sees a mark in few pixels and errs by a fifth of its size. It has two
// parts, as the coder.

//go:embed framer.net
var framerFile []byte

//go:embed mover.net
var moverFile []byte

var framer, mover = mustRead(framerFile), mustRead(moverFile)

const (
	framerFill = 0.62 // share of its window that a box fills each way
	framerTurn = 0.35 // radians, the unit of turns

	// How the odds of a box are made of those of both networks.
	finderShare, framerShare = 0.8, 0.2
)

// settle moves boxes until they lie tightly around what is in them, and weighs how likely that is a mark.
func (q *query) settle(all []box) {
	places := make([]sight, len(all))
	for i := range all {
		places[i] = sight{all[i].window(framerFill), all[i].turn}
	}
	unit := float64(mover.OutUnit())
	q.watch(framer, mover, places, func(i int, said []int16) {
		b := &all[i]
		dx, dy := float64(said[1])*unit*b.w, float64(said[2])*unit*b.h
		sin, cos := math.Sincos(b.turn)
		b.x, b.y = b.x+cos*dx-sin*dy, b.y+sin*dx+cos*dy
		b.w *= math.Exp(float64(said[3]) * unit)
		b.h *= math.Exp(float64(said[4]) * unit)
		b.turn += float64(said[5]) * unit * framerTurn
		b.odds = finderShare*b.odds + framerShare*float64(said[0])*unit
	})
}
