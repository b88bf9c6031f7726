package net

func init() { kernels = kernel{"neon", 4, tileNEON, nil} }

// tileNEON computes four pixels.
//
//go:noescape
func tileNEON(j *job)
