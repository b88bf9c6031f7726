//go:build !amd64 && !arm64

package net

func available() []kernel { return []kernel{{"portable", 4, portableTile, nil}} }
