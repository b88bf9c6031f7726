package ocr

func hanCost(a, b rune) int32 { return unit }
