package explain

import (
	"encoding/json"
	"strings"
	"testing"

	"assay/internal/message"
	"assay/internal/registry"
	"assay/internal/signal"
)

func TestShareIsSaidInWords(t *testing.T) {
	en := message.For("en")
	for share, want := range map[float64]string{0.03: "a small piece", 0.1: "a tenth", 0.2: "a fifth", 0.25: "a quarter", 0.33: "a third", 0.4: "two fifths",
		0.5: "half", 0.6: "three fifths", 0.67: "two thirds", 0.75: "three quarters", 0.87: "Most"} {
		if got := Share(en, &signal.Sighting{Part: &signal.Part{Share: share}}); !strings.Contains(got, want) {
			t.Errorf("%.2f: %q, want %q", share, got, want)
		}
	}
	if Share(en, nil)+Share(en, &signal.Sighting{}) != "" {
		t.Error("the whole is told as a part")
	}
}

// What was stored before parts were told reads as it did.
func TestSentenceOfAPart(t *testing.T) {
	names := Row{Of: registry.Asset{ID: "a", Label: "Ala"}, From: registry.Brand{ID: "b", Name: "Veltrana"}}
	for stored, want := range map[string][2]string{
		`{"kind":"picture.part","asset_id":"a","brand_id":"b","sighting":{"picture":1,"correlation":0.91}}`: {
			"Picture 2 contains Ala (Veltrana).", "aligned pixels agree to 91%"},
		`{"kind":"picture.part","asset_id":"a","brand_id":"b","sighting":{"picture":1,"correlation":0.31,"part":{"share":0.34,"correlation":0.98,"outline":[]}}}`: {
			"Picture 2 contains part of Ala (Veltrana). About a third of the protected photograph agrees in one piece.", "aligned pixels of this part agree to 98%"},
	} {
		var s signal.Signal
		if err := json.Unmarshal([]byte(stored), &s); err != nil {
			t.Fatal(err)
		}
		if got := Signal(message.For("en"), names, s); got != want[0] {
			t.Errorf("got %q, want %q", got, want[0])
		}
		if got := strings.Join(Details(message.For("en"), s.Sighting), "; "); got != want[1] {
			t.Errorf("got %q, want %q", got, want[1])
		}
	}
}
