package console

import (
	"assay/internal/signal"
	"assay/internal/verdict"
)

// cureOf names, for each kind of fact, what a seller can do about it: message
// "cure.<code>".
var cureOf = map[signal.Kind]string{
	signal.PictureCopy:      "own_pictures",
	signal.PicturePart:      "own_pictures",
	signal.PictureMark:      "remove_mark",
	signal.PictureUnread:    "readable_pictures",
	signal.TextName:         "name_use",
	signal.TextPhrase:       "own_words",
	signal.TextClaim:        "no_replica",
	signal.TextAffiliation:  "no_affiliation",
	signal.BrandField:       "brand_field",
	signal.SellerUnlicensed: "licence",
	signal.SellerUnverified: "verify",
	signal.SellerNotActive:  "standing",
}

// cures are what would change the answer, in the order of the reasons.
func cures(v verdict.Verdict) []string {
	if v.Decision == verdict.Pass {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, r := range v.Reasons {
		for _, i := range r.Signals {
			if i < 0 || i >= len(v.Signals) || v.Signals[i].Licensed {
				continue
			}
			if code := cureOf[v.Signals[i].Kind]; code != "" && !seen[code] {
				seen[code] = true
				out = append(out, "cure."+code)
			}
		}
	}
	return out
}
