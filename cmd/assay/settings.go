package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// yamlSettings reads the settings file: flag names as keys, with the names of
// commands as sections, e.g.
//
//	database: postgres://...
//	serve:
//	  addr: 0.0.0.0:8080
func yamlSettings(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&values); err != nil && err != io.EOF {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	return kong.ResolverFunc(func(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if _, ok := os.LookupEnv(name); ok {
				return nil, nil // the environment wins; kong has taken it already
			}
		}
		if parent != nil && parent.Command != nil {
			if section, ok := values[parent.Command.Name].(map[string]any); ok {
				if v, ok := setting(section, flag.Name); ok {
					return v, nil
				}
			}
		}
		v, _ := setting(values, flag.Name)
		return v, nil
	}), nil
}

// setting finds a flag's value, whether written with dashes or underscores.
func setting(values map[string]any, name string) (any, bool) {
	for _, key := range []string{name, strings.ReplaceAll(name, "-", "_")} {
		if v, ok := values[key]; ok {
			if _, section := v.(map[string]any); !section {
				return fmt.Sprint(v), true
			}
		}
	}
	return nil, false
}

func logger(w io.Writer, level string, asJSON bool) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: l}
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, opt))
	}
	return slog.New(slog.NewTextHandler(w, opt))
}
