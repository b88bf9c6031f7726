package policy

import (
	"os"
	"strings"
	"testing"
)

// guide is docs/policy.md, which must stay true.
func guide(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGuideNamesEverythingThatConditionsSee(t *testing.T) {
	text := guide(t)
	for _, c := range []*class{signalClass, sellerClass, listingClass, brandClass} {
		for _, name := range c.names {
			if !strings.Contains(text, "`"+c.name+"."+name+"`") && !strings.Contains(text, "`."+name+"`") {
				t.Errorf("docs/policy.md does not explain %s.%s", c.name, name)
			}
		}
	}
	for _, code := range ReasonCodes {
		if !strings.Contains(text, "`"+code+"`") {
			t.Errorf("docs/policy.md does not name the reason %s", code)
		}
	}
}

func TestGuideExamplesCompile(t *testing.T) {
	base, rules, _ := strings.Cut(string(defaultSource), "\nrules:\n")
	parts := strings.Split(guide(t), "```yaml\n")
	if len(parts) < 3 {
		t.Fatal("docs/policy.md has lost its examples")
	}
	for _, part := range parts[1:] {
		example, _, _ := strings.Cut(part, "```")
		text := base + "\nrules:\n" + example
		if !strings.HasPrefix(example, "- ") { // a section of its own
			text = base + "\n" + example + "\nrules:\n" + rules
		}
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, example)
		}
	}
}
