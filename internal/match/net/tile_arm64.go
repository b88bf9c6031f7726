package net

func init() { kernels = neon }

var neon = kernel{name: "neon", words: tiles{one: tileNEON}}

// tileNEON computes a group of lanes channels.
//
//go:noescape
func tileNEON(j *job)
