package access

// Route is one way in through a door. Both doors publish their table, so that
// a test can ask of every route who gets through.
type Route struct {
	Method  string
	Pattern string // as net/http.ServeMux writes it, without the method
	// Permission is what a caller needs. Empty and not Public: anybody who is
	// known, e.g. to read about himself.
	Permission Permission
	Public     bool // nobody has to be known
}

// Admits reports whether p gets through the route; known says whether there
// is a p at all. Which rows it then touches is the scope's business.
func (r Route) Admits(p Principal, known bool) bool {
	return r.Public || known && (r.Permission == "" || p.Can(r.Permission))
}
