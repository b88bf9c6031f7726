package message_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"assay/internal/message"
	"assay/internal/written"
)

// sentences are the formats that a package gives to Add and At of
// written.Problems.
func sentences(t *testing.T, dir string) (list []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(dir, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			at := map[string]int{"Add": 2, "At": 3}
			if !ok || at[f.Sel.Name] == 0 || len(call.Args) <= at[f.Sel.Name] || !strings.HasSuffix(strings.ToLower(source(f.X)), "found") {
				return true
			}
			if s, ok := call.Args[at[f.Sel.Name]].(*ast.BasicLit); ok {
				text, err := strconv.Unquote(s.Value)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, text)
			}
			return true
		})
	}
	return list
}

// source is the last name of an expression.
func source(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// Whatever can be wrong with written rules is said in every language, with as
// many values as the program gives.
func TestWrittenRulesAreToldInEveryLanguage(t *testing.T) {
	verb, said := regexp.MustCompile(`%[a-z]`), map[string]bool{}
	for _, dir := range []string{"written", "verdict/policy", "enforcement"} {
		for _, format := range sentences(t, dir) {
			key := written.Key(format)
			said[key] = true
			var args []any
			for i := range verb.FindAllString(format, -1) {
				args = append(args, string(rune('A'+i)), "<"+strconv.Itoa(i)+">")
			}
			for _, l := range message.Languages() {
				p := message.For(l.Code)
				if !p.Has(key) {
					t.Errorf("%s: no text for %s (%q)", l.Code, key, format)
					continue
				}
				text := p.T(key, args...)
				for i := range len(args) / 2 {
					if !strings.Contains(text, "<"+strconv.Itoa(i)+">") {
						t.Errorf("%s: %s leaves out value %d: %s", l.Code, key, i, text)
					}
				}
			}
		}
	}
	if len(said) < 50 {
		t.Errorf("only %d sentences were found", len(said))
	}
	for _, missing := range message.Missing() {
		if strings.Contains(missing, "written.") {
			t.Errorf("a value that nobody gives: %q", missing)
		}
	}
}
