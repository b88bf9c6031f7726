package lexicon

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"
)

// Intents are the values of Finding.Intent.
func Intents() []string {
	return []string{"counterfeit_claim", "brand_misuse", "false_affiliation", "protected_sentence", "fair_use", "other_sense", "licensed_use"}
}

// termCodes are the codes that terms of words/*.yaml carry; the weight of their
// reason comes from the feature of their role.
var termCodes = []string{
	"claim_replica", "claim_grade", "claim_ratio", "claim_same_source", "claim_pattern_copied", "claim_name_hidden",
	"claim_label_apart", "claim_papers_too", "claim_customs_resend", "claim_not_from_brand", "claim_photo_differs",
	"claim_hint", "style_of", "style_stock", "affiliation_official", "affiliation_channel",
	"compatible_with", "compatible_before", "compatible_after", "disclaimer", "second_hand", "proof_of_origin", "parallel_import",
	"nominative_repair", "nominative_story", "other_meaning", "deny_before", "deny_after", "particle", "affix", "ignore",
	"custom_claim", "custom_context",
}

// featureCodes are the reasons that are not words.
var featureCodes = []string{
	"name_registered", "name_proposed", "name_part", "name_short", "name_lookalike", "name_similar", "name_doubt",
	"name_ordinary", "name_distinct", "name_brief", "name_shared", "disguised", "spaced_out", "split_in_two", "inside_word", "running_text",
	"goods_own", "goods_related", "goods_traded", "goods_foreign", "goods_media", "goods_unknown", "goods_part", "compatible_part",
	"claim_denied", "price_tiny", "price_low", "brand_field", "licensed", "condition_used",
	"phrase_found", "phrase_doubt", "phrase_reordered", "start",
}

// silent term codes never become reasons.
var silentCodes = []string{"deny_before", "deny_after", "particle", "affix", "ignore"}

// ReasonCodes lists every value of Reason.Code.
func ReasonCodes() []string {
	var out []string
	for _, c := range slices.Concat(featureCodes, termCodes) {
		if !slices.Contains(silentCodes, c) {
			out = append(out, c)
		}
	}
	return out
}

func isCode(c string) bool { return slices.Contains(termCodes, c) }

// weightSet has the numbers of words/weights.yaml.
type weightSet struct {
	Start            float64 `yaml:"start"`
	NameRegistered   float64 `yaml:"name_registered"`
	NameProposed     float64 `yaml:"name_proposed"`
	NamePart         float64 `yaml:"name_part"`
	NameShort        float64 `yaml:"name_short"`
	NameLookalike    float64 `yaml:"name_lookalike"`
	NameSimilar      float64 `yaml:"name_similar"`
	NameDoubt        float64 `yaml:"name_doubt"`
	NameOrdinary     float64 `yaml:"name_ordinary"`
	NameDistinct     float64 `yaml:"name_distinct"`
	NameBrief        float64 `yaml:"name_brief"`
	NameShared       float64 `yaml:"name_shared"`
	Disguised        float64 `yaml:"disguised"`
	SpacedOut        float64 `yaml:"spaced_out"`
	SplitInTwo       float64 `yaml:"split_in_two"`
	InsideWord       float64 `yaml:"inside_word"`
	RunningText      float64 `yaml:"running_text"`
	GoodsOwn         float64 `yaml:"goods_own"`
	GoodsRelated     float64 `yaml:"goods_related"`
	GoodsTraded      float64 `yaml:"goods_traded"`
	GoodsForeign     float64 `yaml:"goods_foreign"`
	GoodsMedia       float64 `yaml:"goods_media"`
	GoodsUnknown     float64 `yaml:"goods_unknown"`
	GoodsPart        float64 `yaml:"goods_part"`
	Claim            float64 `yaml:"claim"`
	ClaimDenied      float64 `yaml:"claim_denied"`
	Hint             float64 `yaml:"hint"`
	Style            float64 `yaml:"style"`
	Affiliation      float64 `yaml:"affiliation"`
	Compatible       float64 `yaml:"compatible"`
	CompatibleWord   float64 `yaml:"compatible_word"`
	CompatiblePart   float64 `yaml:"compatible_part"`
	Disclaimer       float64 `yaml:"disclaimer"`
	SecondHand       float64 `yaml:"second_hand"`
	Proof            float64 `yaml:"proof"`
	Nominative       float64 `yaml:"nominative"`
	Sense            float64 `yaml:"sense"`
	PriceTiny        float64 `yaml:"price_tiny"`
	PriceLow         float64 `yaml:"price_low"`
	BrandField       float64 `yaml:"brand_field"`
	ClaimStart       float64 `yaml:"claim_start"`
	ClaimAlone       float64 `yaml:"claim_alone"`
	ClaimHint        float64 `yaml:"claim_hint"`
	ClaimTraded      float64 `yaml:"claim_traded"`
	ClaimForeign     float64 `yaml:"claim_foreign"`
	ClaimDeniedAlone float64 `yaml:"claim_denied_alone"`
	PhraseStart      float64 `yaml:"phrase_start"`
	PhraseFound      float64 `yaml:"phrase_found"`
	PhraseDoubt      float64 `yaml:"phrase_doubt"`
}

var weights = sync.OnceValue(func() *weightSet {
	var w weightSet
	if err := yaml.Unmarshal(weightFile(), &w); err != nil {
		panic(fmt.Sprintf("lexicon: built-in weights: %v", err))
	}
	return &w
})

func weightFile() []byte {
	b, err := wordFiles.ReadFile("words/weights.yaml")
	if err != nil {
		panic("lexicon: built-in weights: " + err.Error())
	}
	return b
}

// Weights returns the scoring weights by feature.
func Weights() map[string]float64 {
	m := map[string]float64{}
	if err := yaml.Unmarshal(weightFile(), &m); err != nil {
		panic(fmt.Sprintf("lexicon: built-in weights: %v", err))
	}
	return m
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
