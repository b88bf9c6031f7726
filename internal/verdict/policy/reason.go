package policy

// RuleFailed is the reason of a rule whose condition could not be computed.
// No policy may use it itself.
const RuleFailed = "rule_failed"

// ReasonCodes lists every code a verdict's reason may carry, RuleFailed
// included. Each is a message: "reason.<code>" and "reason.<code>.sentence".
var ReasonCodes = []string{
	"picture_copy",       // a picture is a copy of a protected one
	"picture_part",       // a protected picture lies inside a picture
	"picture_mark",       // a protected mark or badge lies inside a picture
	"picture_unread",     // a picture could not be opened
	"picture_skipped",    // nobody looked at the pictures, on purpose
	"text_name",          // a protected name
	"text_phrase",        // a protected sentence
	"text_claim",         // words of the counterfeit trade
	"text_affiliation",   // a claimed tie to a brand
	"brand_field",        // the brand column names a protected brand
	"seller_unlicensed",  // goods of a gated brand without a licence
	"seller_unverified",  // identity not checked
	"seller_not_active",  // restricted or suspended shop
	"seller_closed",      // closed shop
	"staydown_identical", // what people decided to block is offered again
	"staydown_similar",   // something much like it
	"price_far_below",    // far below the usual price
	"together",           // several weak signs that add up
	"other_match",        // a kind of signal that the policy does not name
	"detector_failed",    // a detector did not answer
	"licensed",           // a valid licence covers what was found
	"listing_rule",       // a house rule of the marketplace
	RuleFailed,           // a rule's condition could not be computed
}
