package hamming

func filters() map[string]filter {
	all := map[string]filter{"generic": foldGeneric, "sum": sum}
	if hasAVX2 {
		all["avx2"] = foldAVX2
	}
	if hasAVX512 {
		all["avx512"] = foldAVX512
	}
	return all
}
