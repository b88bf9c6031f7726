package hamming

func nearPrefixes(a, b *[blockLen]uint64, n int, code *Code, radius int, near *mask) bool {
	return nearPrefixesGeneric(a, b, n, code, radius, near)
}
