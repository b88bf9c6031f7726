package ocr

import (
	"context"
	"image"
	"strings"
	"testing"
)

// From pixels to the phrase with the network alone.
func TestNetworkReadsForReal(t *testing.T) {
	eyes := Eyes{Network: theNetwork(t)}
	latin := canvas(640, 240, night)
	lettering(t, latin, "Authentic Norvik Guarantee", 26, 60, 130, paper)
	other := canvas(640, 240, paper)
	lettering(t, other, "Authentic Kestrel Guarantee", 26, 60, 130, night)
	two := canvas(640, 240, paper)
	lettering(t, two, "Authentic Norvik", 26, 60, 100, night)
	lettering(t, two, "Guarantee", 26, 60, 138, night)
	for _, c := range []struct {
		name, want string
		lines      int
		img        *image.NRGBA
	}{
		{"latin", "en1", 1, turned(latin, 3)}, {"another brand", "", 0, other}, {"two lines", "en1", 2, two},
		{"korean", "ko1", 1, stored(t, "korean.png")}, {"chinese", "zh1", 1, stored(t, "chinese.png")},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := someSentences()
			page, err := eyes.Read(context.Background(), c.img, Scripts)
			if err == nil {
				page, err = eyes.Again(context.Background(), c.img, page, p.Doubtful)
			}
			if err != nil {
				t.Fatal(err)
			}
			found := p.On(page)
			if c.want == "" && len(found) > 0 || c.want != "" && (len(found) != 1 || found[0].ID != c.want || len(found[0].Lines) != c.lines) {
				for _, r := range page.Readings {
					t.Logf("line %d: %q %.2f", r.Line, r.Text, r.Confidence)
				}
				t.Fatalf("%+v", found)
			}
		})
	}
}

// The second reader is asked once about lines that the network leaves in doubt,
// in the script that it saw, and about no others.
func TestSecondReaderIsAskedInDoubt(t *testing.T) {
	r := &parrot{says: map[Script]Text{Latin: {Text: "Authentic Norvik Guarantee", Confidence: 0.9}}}
	eyes := Eyes{Network: theNetwork(t), Second: r}
	img := sign(t)
	page, err := eyes.Read(context.Background(), img, Scripts)
	if err != nil {
		t.Fatal(err)
	}
	for _, doubt := range []bool{false, true, true} {
		if page, err = eyes.Again(context.Background(), img, page, func(readings []Reading) bool { return doubt && readings[0].Confidence > legible }); err != nil {
			t.Fatal(err)
		}
		if !doubt && len(r.calls) > 0 {
			t.Fatalf("asked without need: %v", r.calls)
		}
	}
	if len(r.calls) != 1 || r.calls[Latin] != 1 {
		t.Errorf("asked %v times", r.calls)
	}
	if name := eyes.Name(); !strings.HasPrefix(name, "network/") || !strings.HasSuffix(name, "+parrot/1") {
		t.Error(name)
	}
}
