package signal

import (
	"slices"
	"testing"

	"assay/internal/match/lexicon"
	"assay/internal/registry"
)

// People have the last word on the spellings that the machine proposes.
func TestDismissedSpellingsAreNotLookedFor(t *testing.T) {
	a := registry.Asset{ID: "n", BrandID: "b", Kind: registry.AssetName, Text: "구찌", Language: "ko"}
	proposed := Spellings(a)
	if len(proposed) < 2 || proposed[0].Weight <= 0 || proposed[0].Reason == "" {
		t.Fatalf("proposals: %+v", proposed)
	}
	has := func(text string) bool {
		return slices.ContainsFunc(wordings(Known{Asset: a}), func(e lexicon.Entry) bool { return e.Text == text })
	}
	if !has(proposed[0].Text) {
		t.Errorf("%q is proposed and not looked for", proposed[0].Text)
	}
	a.DismissedSpellings = []string{proposed[0].Text}
	if has(proposed[0].Text) || !has(proposed[1].Text) || !has(a.Text) {
		t.Error("dismissing one spelling must drop that one and no other")
	}
	if got := Spellings(a); !got[0].Dismissed || got[1].Dismissed {
		t.Errorf("after dismissing: %+v", got[:2])
	}
	if got := Spellings(registry.Asset{Kind: registry.AssetPhrase, Text: "구찌"}); len(got) != 0 {
		t.Errorf("a phrase has proposals: %v", got)
	}
}
