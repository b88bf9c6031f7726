package notice

import (
	"slices"

	"assay/internal/registry"
)

// Kind is what a notice complains about.
type Kind string

const (
	Counterfeit      Kind = "counterfeit"       // the goods are not genuine
	TrademarkInText  Kind = "trademark_in_text" // a name in the words
	MarkInPicture    Kind = "mark_in_picture"   // a logo in a picture
	StolenPhotograph Kind = "stolen_photograph" // somebody else's picture
	Design           Kind = "design"
	Patent           Kind = "patent"
	Copyright        Kind = "copyright" // other works than photographs
	FalseAffiliation Kind = "false_affiliation"
	Other            Kind = "other"
)

// Kinds lists every kind, in the order shown to people: message "notice.kind.<code>".
var Kinds = []Kind{Counterfeit, TrademarkInText, MarkInPicture, StolenPhotograph, FalseAffiliation, Design, Patent, Copyright, Other}

// about is what a kind needs and becomes.
type about struct {
	rights []registry.RightKind // that can carry the complaint; none: any or no right
	ground string               // of the case, and of a decision that follows the notice
	work   bool                 // the work must be named: nothing registers it
}

var kinds = map[Kind]about{
	Counterfeit:      {rights: []registry.RightKind{registry.Trademark, registry.Design}, ground: "counterfeit"},
	TrademarkInText:  {rights: []registry.RightKind{registry.Trademark}, ground: "trademark_in_text"},
	MarkInPicture:    {rights: []registry.RightKind{registry.Trademark, registry.Affiliation, registry.Copyright}, ground: "mark_in_picture"},
	StolenPhotograph: {rights: []registry.RightKind{registry.Copyright}, ground: "stolen_photograph", work: true},
	Design:           {rights: []registry.RightKind{registry.Design}, ground: "other_infringement"},
	Patent:           {rights: []registry.RightKind{registry.Patent}, ground: "other_infringement"},
	Copyright:        {rights: []registry.RightKind{registry.Copyright}, ground: "other_infringement", work: true},
	FalseAffiliation: {rights: []registry.RightKind{registry.Affiliation, registry.Trademark}, ground: "false_affiliation"},
	Other:            {ground: "other_infringement"},
}

// Ground is the ground of a decision that follows a notice of the kind.
func (k Kind) Ground() string { return kinds[k].ground }

// Rights are the kinds of rights that can carry a complaint of this kind; none
// means that any can, and none is needed.
func (k Kind) Rights() []registry.RightKind { return slices.Clone(kinds[k].rights) }

// Profile is the law whose demands a notice must meet.
type Profile string

const (
	General Profile = "general"
	EU      Profile = "eu" // Article 16(2) DSA
	US      Profile = "us" // 17 U.S.C. 512(c)(3)
)

// Profiles lists every profile.
var Profiles = []Profile{General, EU, US}

// needs is what a profile asks for beside kind, facts, listings, name and
// e-mail, which all do.
type needs struct {
	authority bool // that the notifier may act for the owner
	address   bool // postal address and telephone number
	signature bool
}

var profiles = map[Profile]needs{General: {authority: true}, EU: {}, US: {authority: true, address: true, signature: true}}
