package message

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"
	"text/template"
	"text/template/parse"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed catalogue/*.yaml
var catalogue embed.FS

// texts are the messages of one language.
type texts map[string]text

// text is one message and the arguments it names.
type text struct {
	*i18n.Message
	arguments []string // sorted
}

func (t texts) keys() []string { return slices.Sorted(maps.Keys(t)) }

// forms are the plural forms that are written.
func (t text) forms() []string {
	var list []string
	for _, s := range []string{t.Zero, t.One, t.Two, t.Few, t.Many, t.Other} {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// printers loads the catalogue once. It is part of the program: what is wrong
// with it, a test has found.
var printers = sync.OnceValue(func() map[string]*Printer {
	all, err := load(catalogue)
	if err != nil {
		panic(err)
	}
	return all
})

// load reads every catalogue file and reports all that is wrong with them.
func load(files fs.FS) (map[string]*Printer, error) {
	names, err := fs.Glob(files, "catalogue/*.yaml")
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.English)
	all := make(map[string]*Printer, len(languages))
	for _, l := range languages {
		all[l.Code] = newPrinter(l.Code)
	}
	var wrong []error
	for _, name := range names {
		if err := loadFile(files, name, bundle, all); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", path.Base(name), err))
		}
	}
	for _, p := range all {
		p.localizer = i18n.NewLocalizer(bundle, p.lang)
	}
	return all, errors.Join(wrong...)
}

func loadFile(files fs.FS, name string, bundle *i18n.Bundle, all map[string]*Printer) error {
	source, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	file, err := i18n.ParseMessageFileBytes(source, name, map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
	if err != nil {
		return err
	}
	p := all[file.Tag.String()]
	if p == nil {
		return fmt.Errorf("the name must be <area>.<language>.yaml with a language of the house")
	}
	for _, m := range file.Messages {
		if _, taken := p.texts[m.ID]; taken {
			return fmt.Errorf("%s is given by another file too", m.ID)
		}
		if m.One != "" && m.Many == "" {
			m.Many = m.Other // Italian has a form of its own for whole millions
		}
		t := text{Message: m}
		if t.arguments, err = argumentsOf(t.forms()); err != nil {
			return fmt.Errorf("%s: %w", m.ID, err)
		}
		p.texts[m.ID] = t
	}
	return bundle.AddMessages(file.Tag, file.Messages...)
}

// argumentsOf lists the names that templates read.
func argumentsOf(templates []string) ([]string, error) {
	names := map[string]bool{}
	for _, source := range templates {
		t, err := template.New("").Parse(source)
		if err != nil {
			return nil, err
		}
		collect(t.Root, names)
	}
	return slices.Sorted(maps.Keys(names)), nil
}

func collect(n parse.Node, into map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				collect(child, into)
			}
		}
	case *parse.ActionNode:
		collect(n.Pipe, into)
	case *parse.IfNode:
		collectBranch(&n.BranchNode, into)
	case *parse.WithNode:
		collectBranch(&n.BranchNode, into)
	case *parse.RangeNode:
		collectBranch(&n.BranchNode, into)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			for _, argument := range command.Args {
				collect(argument, into)
			}
		}
	case *parse.FieldNode:
		into[n.Ident[0]] = true
	}
}

func collectBranch(n *parse.BranchNode, into map[string]bool) {
	collect(n.Pipe, into)
	collect(n.List, into)
	if n.ElseList != nil {
		collect(n.ElseList, into)
	}
}
