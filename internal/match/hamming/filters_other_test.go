//go:build !amd64

package hamming

func filters() map[string]filter {
	return map[string]filter{"generic": foldGeneric, "sum": sum}
}
