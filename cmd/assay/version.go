package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the build: -ldflags "-X main.version=...".
var version = "development"

type versionCommand struct {
	JSON bool `help:"Print as JSON."`
}

func (v *versionCommand) Run(c terminal) error {
	info := map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	if b, ok := debug.ReadBuildInfo(); ok {
		for _, s := range b.Settings {
			if s.Key == "vcs.revision" {
				info["revision"] = s.Value
			}
		}
	}
	if v.JSON {
		return json.NewEncoder(c.out).Encode(info)
	}
	_, err := fmt.Fprintf(c.out, "assay %s (%s, %s)\n", info["version"], info["go"], info["platform"])
	return err
}
