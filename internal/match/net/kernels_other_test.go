//go:build !amd64

package net

func available() []kernel { return []kernel{{"portable", 1, portableTile, nil}} }
