package bundle

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"assay/internal/registry"
)

// guide is docs/bundle.md, which must stay true.
func guide(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../../docs/bundle.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGuideExampleReads(t *testing.T) {
	_, rest, _ := strings.Cut(guide(t), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	b, problems, err := Read(fstest.MapFS{"registry.yaml": {Data: []byte(example)}, "pictures/spring-bag.jpg": {Data: png(1)}})
	if err != nil || len(problems) > 0 || len(b.Warnings) > 0 || len(b.Assets) != 3 || len(b.Licences) != 1 {
		t.Errorf("%v %v %v", problems, b.Warnings, err)
	}
}

func TestGuideNamesEveryField(t *testing.T) {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(guide(t), func(c rune) bool { return strings.ContainsRune(" ,|*`\n:(){}", c) }) {
		words[w] = true
	}
	for section, row := range map[string]reflect.Type{
		Holders: reflect.TypeFor[registry.RightsHolder](), Brands: reflect.TypeFor[registry.Brand](), Rights: reflect.TypeFor[registry.Right](),
		Assets: reflect.TypeFor[registry.Asset](), Licences: reflect.TypeFor[registry.Licence](), Sellers: reflect.TypeFor[sellerRow](),
	} {
		for _, name := range fieldsOf(row) {
			if !words[name] {
				t.Errorf("docs/bundle.md does not explain %s of %s", name, section)
			}
		}
	}
}
