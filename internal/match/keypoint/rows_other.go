//go:build !amd64

package keypoint

// Without vector instructions plain Go does every pixel.

func weighFast([]uint8, *[7][]uint8) int { return 0 }

func edgeFast(_ *[3][]int16, _, _, _ *[3][]uint8, from, _ int) int { return from }

func relateFast(*relation, int) int { return 0 }

func agreeFast(*reader, *fitting, []int32, *agreement) bool { return false }

func stripFast(*strip, []texel) int { return 0 }

func (*field) sampleFast([]vector, int) int { return 0 }

func blendFast([]uint8, []uint8, []uint8, []int32, []int32, uint32, []uint16) int { return 0 }

func hessianFast(_, _, _ []uint8, _ []int32, from, _ int) int { return from }

func crestsFast([]int32, int, int, int, int, int32, []uint8) int { return 0 }

func distancesFast(*signature, []block, [][blockCodes]uint64) bool { return false }

// counted is false where there is no count512.
var counted bool

func lumaFast([]uint8, []uint8) int { return 0 }

func splitFast(*[3][]uint8, []uint8) int { return 0 }

func halveFast(_, _, _ []uint8) int { return 0 }

func centroidFast(p plane, x, y int) (mx, my int32) { return centroid(p, x, y) }
