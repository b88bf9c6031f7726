//go:build !amd64

package keypoint

func fastRows(bool) bool { return false }
