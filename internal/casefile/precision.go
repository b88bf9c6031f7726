package casefile

import "math"

// Precision is what people made of an asset's matches: of the decided cases
// whose verdict stood on it, how many they confirmed. The last decision of a
// case counts. Low and High are the ends of the interval in which the true
// share lies with 95 % (Wilson's score interval, E. B. Wilson 1927, which
// holds for few cases and for shares near 0 and 1); 0 and 1 without a case.
type Precision struct {
	AssetID   string  `json:"asset_id"`
	Decided   int     `json:"decided"`
	Confirmed int     `json:"confirmed"` // decided block
	Refused   int     `json:"refused"`   // decided pass
	Share     float64 `json:"share"`     // confirmed of decided; 0 without a case
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// PrecisionPage is a stretch of assets, the worst first: in the order of High,
// so that one refused case alone does not stand before forty of fifty.
type PrecisionPage struct {
	Assets []Precision
	Next   string // cursor of the next page, "" at the end
}

// WilsonZ is the quantile of the normal distribution for 95 %.
const WilsonZ = 1.959963984540054

// Measure is the precision of an asset of whose decided cases so many were
// confirmed.
func Measure(assetID string, decided, confirmed int) Precision {
	p := Precision{AssetID: assetID, Decided: decided, Confirmed: confirmed, Refused: decided - confirmed, High: 1}
	if decided == 0 {
		return p
	}
	n := float64(decided)
	p.Share = float64(confirmed) / n
	middle := p.Share + WilsonZ*WilsonZ/(2*n)
	half := WilsonZ * math.Sqrt(p.Share*(1-p.Share)/n+WilsonZ*WilsonZ/(4*n*n))
	whole := 1 + WilsonZ*WilsonZ/n
	p.Low, p.High = min(p.Share, max(0, (middle-half)/whole)), max(p.Share, min(1, (middle+half)/whole))
	return p
}
