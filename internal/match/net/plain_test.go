package net

import "unsafe"

// plain computes with words and bytes in the plainest way, so that both are tested on every machine.
var plain = kernel{name: "plain", pair: true, words: tiles{one: plainWords}, bytes: tiles{one: plainBytes}}

func plainWords(j *job) { plainTile[int16, int16](j, 2) }
func plainBytes(j *job) { plainTile[uint8, int8](j, 4) }

// plainTile computes a pair of groups from steps of so many activations.
func plainTile[A cell, W int8 | int16](j *job, each uintptr) {
	for g, src := range []unsafe.Pointer{j.src, j.src2} {
		to := []unsafe.Pointer{j.dst, j.dst2}[g]
		for p := range uintptr(group) {
			var sums [lanes]int32
			for y := range j.rows {
				for k := range j.steps * each {
					a := *(*A)(unsafe.Add(src, p*j.srcStep+y*j.rowStep+k*4/each))
					for lane := range sums {
						at := ((y*j.steps+k/each)*lanes+uintptr(lane))*each + k%each
						w := *(*W)(unsafe.Add(unsafe.Pointer(j.weights), at*4/each))
						sums[lane] += int32(a) * int32(w)
					}
				}
			}
			var out [lanes]int16
			finish(&sums, j.post, out[:])
			for lane, v := range out {
				if at := unsafe.Add(to, p*j.dstStep+uintptr(lane)*j.size); j.size == 2 {
					*(*int16)(at) = v
				} else if j.mask>>lane&1 == 1 {
					*(*uint8)(at) = uint8(v)
				}
			}
		}
	}
}
