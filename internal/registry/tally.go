package registry

// Tally is how many assets of one kind are looked for so far.
type Tally struct {
	Kind   AssetKind `json:"kind"`
	Sought Sought    `json:"sought,omitempty"` // "" for words
	Count  int       `json:"count"`
}

// Crowd is how many assets are sought inside pictures, beside how many of them
// one process is meant for.
type Crowd struct {
	Marks       int `json:"marks"` // and badges
	Photographs int `json:"photographs"`
}

// Meant is the crowd that the limits of time and memory in docs/measurements.md
// hold for. With more, nothing is left out: every picture takes longer and
// every process more memory.
var Meant = Crowd{Marks: 25_000, Photographs: 50_000}

// CrowdOf counts what is sought inside pictures.
func CrowdOf(list []Tally) (c Crowd) {
	for _, t := range list {
		switch {
		case t.Sought != SoughtInside:
		case t.Kind == AssetPhotograph:
			c.Photographs += t.Count
		default:
			c.Marks += t.Count
		}
	}
	return c
}

// Over reports whether it is more than one process is meant for.
func (c Crowd) Over() bool { return c.Marks > Meant.Marks || c.Photographs > Meant.Photographs }
