// Package internal_test keeps the house in order: data flows one way.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors lists the rooms from the ground up, as docs/architecture.md draws
// them. A package may import packages of its own room and of floors below;
// rooms of one floor do not know each other, unless named together in before.
var floors = [][]string{
	{"fault"},
	{"written"},
	{"match/picture", "match/pdq", "match/hamming", "match/net", "match/keypoint", "match/lexicon", "match/wording", "match/ocr", "calendar"},
	{"blob", "ledger", "job"},
	{"seller", "registry"},
	{"listing"},
	{"message"},
	{"signal"},
	{"verdict"},
	{"casefile", "search"},
	{"enforcement"},
	{"trial"},
	{"similar", "notice"},
	{"screening"},
	{"explain"},
	{"statement"},
	{"hearing"},
	{"report"},
	{"store"},
	{"access"},
	{"api", "console"},
	{"demo"},
}

// before names what a room may use of its own floor.
var before = map[string][]string{
	"match/pdq":      {"match/picture"},
	"match/keypoint": {"match/picture", "match/hamming", "match/net"},
	"match/ocr":      {"match/picture", "match/net"},
	"match/wording":  {"match/lexicon"},
	"registry":       {"seller"},
}

// exceptions are imports upwards that are right: the bundle of the registry
// names sellers as the listings do, and the store implements every room's
// interface, access's too.
var exceptions = map[string][]string{
	"registry/bundle": {"listing"},
	"store":           {"access"},
	"job/river":       {},
}

func room(pkg string) (string, int) {
	for n, names := range floors {
		for _, name := range names {
			if pkg == name || strings.HasPrefix(pkg, name+"/") {
				return name, n
			}
		}
	}
	return "", -1
}

func allowed(from, to string) bool {
	mine, myFloor := room(from)
	theirs, theirFloor := room(to)
	if theirs == mine || theirFloor < myFloor {
		return true
	}
	for _, list := range [][]string{before[mine], exceptions[from]} {
		for _, name := range list {
			if theirs == name {
				return true
			}
		}
	}
	return false
}

// testHouses are packages that only tests import, or that only test.
func testHouse(pkg string) bool {
	return strings.HasPrefix(pkg, "pgtest") || strings.HasPrefix(pkg, "e2e") || pkg == "."
}

func TestImportsFlowOneWay(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		from := filepath.ToSlash(path.Dir(filepath.ToSlash(file)))
		if testHouse(from) || strings.HasSuffix(from, "storetest") {
			return nil
		}
		if name, _ := room(from); name == "" {
			t.Errorf("%s: the room %q is not drawn in this test and in docs/architecture.md", file, from)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if to, ok := strings.CutPrefix(p, "assay/internal/"); ok && !allowed(from, to) {
				t.Errorf("%s imports %s, which lies above it or beside it", file, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Domain rooms know no SQL, no HTTP and no mail.
func TestDomainKnowsNoDoors(t *testing.T) {
	domain := []string{"seller", "registry", "listing", "signal", "verdict", "casefile", "enforcement", "search", "ledger", "similar", "notice", "screening", "explain", "calendar"}
	forbidden := []string{"database/sql", "github.com/uptrace/bun", "net/smtp", "github.com/jackc/pgx"}
	for _, name := range domain {
		err := filepath.WalkDir(name, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, imp := range f.Imports {
				p, _ := strconv.Unquote(imp.Path.Value)
				for _, bad := range forbidden {
					if strings.HasPrefix(p, bad) {
						t.Errorf("%s imports %s", file, p)
					}
				}
				if p == "net/http" && !strings.HasPrefix(file, "listing/fetch") && !strings.HasPrefix(file, "signal/outside") {
					t.Errorf("%s imports net/http", file)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
