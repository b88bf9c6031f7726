// Package policy is the verdict as versioned data: rules in YAML whose
// conditions are CEL expressions over signals, seller, listing and brand.
package policy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"

	"assay/internal/fault"
	"assay/internal/written"
)

// Bounds of a policy's text. They are far above any policy a person can read.
const (
	maxSource    = 256 << 10 // bytes
	maxRules     = 500
	maxConstants = 500
	maxWords     = 1000 // in one list
	maxCondition = 4096 // bytes of one expression
)

// Policy is a checked and compiled policy. It never changes and may be used
// by many goroutines at once.
type Policy struct {
	name    string
	number  int
	hash    string
	source  []byte
	scoring scoring
	auto    Automation
	rules   []*rule
	texts   text // as written, for comparing
}

//go:embed default.yaml
var defaultSource []byte

var defaultPolicy = sync.OnceValue(func() *Policy {
	p, err := Parse(defaultSource)
	if err != nil { // a test compiles it
		panic(err)
	}
	return p
})

// Default is the policy that Assay starts with.
func Default() *Policy { return defaultPolicy() }

// DefaultSource is the text of Default, with its comments.
func DefaultSource() []byte { return slices.Clone(defaultSource) }

// Parse checks and compiles a policy. Whatever is wrong is told at once: the
// error is fault.Invalid and each of its Fields has the Path
// "policy.yaml:LINE" or "policy.yaml:LINE:COLUMN".
func Parse(source []byte) (*Policy, error) {
	if len(source) > maxSource {
		return nil, fault.New(fault.TooLarge, "the policy is over %d bytes", maxSource)
	}
	found := written.Problems{What: "policy", File: "policy.yaml"}
	text := read(source, &found)
	p := &Policy{name: text.name, number: text.number, source: slices.Clone(source), scoring: text.scoring, auto: text.automatic, texts: text}
	p.rules = compile(text, &found)
	if found.Any() {
		return nil, found.Err()
	}
	sum := sha256.Sum256(source)
	p.hash = hex.EncodeToString(sum[:4])
	return p, nil
}

// Name is the policy's name.
func (p *Policy) Name() string { return p.name }

// Number is the policy's number; a changed policy has a higher one.
func (p *Policy) Number() int { return p.number }

// ID is name@number, as in verdict.Version.
func (p *Policy) ID() string { return fmt.Sprintf("%s@%d", p.name, p.number) }

// Version is the ID and a short hash of the text, e.g. "default@3+1f0c9a3e":
// two texts under one number cannot be taken for each other.
func (p *Policy) Version() string { return p.ID() + "+" + p.hash }

// Source is the text the policy was parsed from.
func (p *Policy) Source() []byte { return slices.Clone(p.source) }
