package message_test

import (
	"slices"
	"testing"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/listing"
	"assay/internal/listing/feed"
	"assay/internal/listing/fetch"
	"assay/internal/match/lexicon"
	"assay/internal/match/picture"
	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/statement"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

func keysOf[T ~string](prefix string, values ...T) []string {
	keys := make([]string, len(values))
	for i, v := range values {
		keys[i] = prefix + string(v)
	}
	return keys
}

// wanted are the keys that codes of other packages stand for.
func wanted() []string {
	list := slices.Concat(
		keysOf("reason.", policy.ReasonCodes...),
		keysOf("ground.", casefile.Grounds[verdict.Block]...),
		keysOf("ground.", casefile.Grounds[verdict.Pass]...),
		keysOf("signal.", signal.PictureCopy, signal.PicturePart, signal.PictureMark, signal.PictureUnread, signal.PictureSkipped, signal.OutsideMatch,
			signal.TextName, signal.TextPhrase, signal.TextClaim, signal.TextAffiliation, signal.BrandField,
			signal.SellerUnlicensed, signal.SellerUnverified, signal.SellerNotActive, signal.DetectorFailed),
	)
	for _, key := range list {
		list = append(list, key+".sentence")
	}
	return slices.Concat(list,
		keysOf("enum.role.", access.Roles...),
		keysOf("enum.permission.", access.Permissions...),
		keysOf("enum.right_kind.", registry.RightKinds...),
		keysOf("enum.right_status.", registry.RightStatuses...),
		keysOf("enum.asset_kind.", registry.AssetKinds...),
		keysOf("enum.licence_status.", registry.LicenceStatuses...),
		keysOf("enum.verification.", seller.Unverified, seller.Pending, seller.Verified, seller.Expired),
		keysOf("enum.seller_status.", seller.Active, seller.Restricted, seller.Suspended, seller.Closed),
		keysOf("enum.listing_status.", listing.Pending, listing.Live, listing.Held, listing.Removed, listing.Gone),
		keysOf("enum.feed_state.", listing.FeedWaiting, listing.FeedRunning, listing.FeedDone, listing.FeedFailed),
		keysOf("enum.picture_state.", listing.PictureWaiting, listing.PictureStored, listing.PictureFailed, listing.PictureSkipped),
		keysOf("enum.decision.", verdict.Pass, verdict.Review, verdict.Block),
		keysOf("enum.case_state.", casefile.Open, casefile.Closed, casefile.Superseded),
		keysOf("enum.picture_problem.", picture.CodeUnknownFormat, picture.CodeUnsupported, picture.CodeTooLarge, picture.CodeTruncated, picture.CodeCorrupt),
		keysOf("enum.picture_problem.", fetch.BadURL, fetch.BadAddress, fetch.NotFound, fetch.Refused, fetch.ServerError, fetch.Timeout,
			fetch.TooLarge, fetch.WrongType, fetch.TooManyHops, fetch.Broken, fetch.Canceled),
		keysOf("action.kind.", enforcement.Kinds...),
		keysOf("action.reason.", append(enforcement.Reasons, enforcement.ReasonMilestone)...),
		keysOf("action.reversal.", append(enforcement.Reversals, enforcement.ReasonDecision, enforcement.ReasonLadder, enforcement.ReasonReopened)...),
		keysOf("closure.state.", enforcement.ClosureStates...),
		keysOf("standing.effect.", enforcement.Effects...),
		keysOf("standing.is.", seller.Active, seller.Restricted, seller.Suspended, seller.Closed),
		keysOf("standing.means.", seller.Active, seller.Restricted, seller.Suspended, seller.Closed),
		keysOf("feed.", "shop_closed", "shop_suspended", "shop_restricted"),
		keysOf("statement.kind.", statement.Kinds...),
		keysOf("statement.audience.", statement.Audiences...),
		keysOf("statement.clause.", statement.Clauses()...),
		keysOf("statement.effect.", statement.Effects...),
		keysOf("statement.effect_back.", statement.Effects...),
		keysOf("hearing.state.", hearing.States...),
		keysOf("hearing.end.", hearing.Ends...),
		keysOf("hearing.kind.", hearing.Objection, hearing.Appeal),
		keysOf("hearing.side.", hearing.Seller, hearing.Complainant),
		keysOf("hearing.stance.", append(slices.Concat(hearing.Stances[hearing.Seller], hearing.Stances[hearing.Complainant]), hearing.Objects, hearing.Comments)...),
		keysOf("hearing.declare.", hearing.Declarations()...),
		keysOf("ground.", hearing.Reasons...),
		keysOf("statement.ground.", hearing.Reasons...),
		keysOf("factor.", lexicon.ReasonCodes()...),
		keysOf("disguise.", lexicon.DisguiseCodes()...),
		keysOf("spelling.", lexicon.SpellingReasons()...),
		keysOf("enum.intent.", lexicon.Intents()...),
		keysOf("feed.", feed.ProblemCodes()...),
		keysOf("fault.", fault.Invalid, fault.NotFound, fault.Conflict, fault.Forbidden, fault.Unauthenticated, fault.TooLarge, fault.Unavailable, fault.Internal),
	)
}

func TestCodesHaveTexts(t *testing.T) {
	for _, key := range wanted() {
		if !message.For("en").Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
}
