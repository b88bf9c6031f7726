package message

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/feed"
	"assay/internal/listing/fetch"
	"assay/internal/match/lexicon"
	"assay/internal/match/picture"
	"assay/internal/registry"
	"assay/internal/seller"
	"assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	english := printers()["en"].texts
	for _, l := range languages[1:] {
		other := printers()[l.Code].texts
		for key, text := range english {
			o, ok := other[key]
			if !ok {
				t.Errorf("%s has no %s", l.Code, key)
			} else if !slices.Equal(o.arguments, text.arguments) {
				t.Errorf("%s in %s names %v, in English %v", key, l.Code, o.arguments, text.arguments)
			}
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, English has not", l.Code, key)
			}
		}
	}
}

// particle finds the makeshift for a Korean particle that depends on the last
// letter of an argument, and a bare particle after one.
var particle = regexp.MustCompile(`을\(를\)|이\(가\)|은\(는\)|와\(과\)|\(으\)로|\}\}[을를은는이가과와](\s|$)`)

func TestNoTextIsEmptyOrClumsy(t *testing.T) {
	for _, l := range languages {
		for key, text := range printers()[l.Code].texts {
			if text.Other == "" {
				t.Errorf("%s %s has no text", l.Code, key)
			}
			if slices.Contains(text.arguments, "Count") && text.One == "" && (l.Code == "en" || l.Code == "it") {
				t.Errorf("%s %s counts but has one form only", l.Code, key)
			}
			for _, form := range text.forms() {
				if strings.TrimSpace(form) != form || strings.Contains(form, "  ") {
					t.Errorf("%s %s has stray spaces: %q", l.Code, key, form)
				}
				if l.Code == "ko" && particle.MatchString(form) {
					t.Errorf("ko %s leaves a particle to chance: %q", key, form)
				}
			}
		}
	}
}

func TestEveryFileExistsInEveryLanguage(t *testing.T) {
	names, err := fs.Glob(catalogue, "catalogue/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]int{}
	for _, name := range names {
		area, _, _ := strings.Cut(path.Base(name), ".")
		areas[area]++
	}
	for area, n := range areas {
		if n != len(languages) {
			t.Errorf("area %s has %d files for %d languages", area, n, len(languages))
		}
	}
}

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
		if !For("en").Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
}

func TestLoadTellsWhatIsWrong(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"unknown language": {"catalogue/a.xx.yaml": {Data: []byte("k: v")}},
		"key twice":        {"catalogue/a.en.yaml": {Data: []byte("k: v")}, "catalogue/b.en.yaml": {Data: []byte("k: w")}},
		"broken template":  {"catalogue/a.en.yaml": {Data: []byte(`k: "{{.Brand"`)}},
		"broken YAML":      {"catalogue/a.en.yaml": {Data: []byte("k: [")}},
		"no text":          {"catalogue/a.en.yaml": {Data: []byte("k: 7")}},
	} {
		if _, err := load(files); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
