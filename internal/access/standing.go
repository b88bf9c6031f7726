package access

import (
	"slices"

	"assay/internal/enforcement"
)

// ShowAction is what p may read of an action on a shop that it may see: the
// shop itself learns what was done and why, not by whom, and no notes.
func (p Principal) ShowAction(a enforcement.Action) enforcement.Action {
	if !p.Staff() {
		a.Note, a.ActorID, a.ReversedBy, a.ReversalNote = "", "", "", ""
	}
	return a
}

// ShowClosure is the same for a proposal to close the shop.
func (p Principal) ShowClosure(c enforcement.Closure) enforcement.Closure {
	if !p.Staff() {
		c.Note, c.ProposedBy, c.Barred, c.DecidedBy, c.DecidedNote = "", "", nil, "", ""
	}
	return c
}

// ShowAccount is the same for everything about a shop's standing.
func (p Principal) ShowAccount(a enforcement.Overview) enforcement.Overview {
	a.Actions, a.Closures = slices.Clone(a.Actions), slices.Clone(a.Closures)
	for i := range a.Actions {
		a.Actions[i] = p.ShowAction(a.Actions[i])
	}
	for i := range a.Closures {
		a.Closures[i] = p.ShowClosure(a.Closures[i])
	}
	return a
}
