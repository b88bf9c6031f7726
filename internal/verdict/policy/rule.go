package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
	"gopkg.in/yaml.v3"

	"assay/internal/signal"
	"assay/internal/verdict"
	"assay/internal/written"
)

// Bounds of one evaluation of one condition. The default policy's conditions
// cost below 50; a thousand words looked up in a hundred signals stays inside.
const (
	maxCost    = 200_000 // CEL cost units
	maxNesting = 40
)

// rule is a compiled rule.
type rule struct {
	id        string
	scope     string
	kinds     []string
	decision  verdict.Decision
	reason    string
	program   cel.Program
	otherwise bool
	automatic bool
	print     string    // see verdict.Reason
	failed    sync.Once // the first failure is logged
}

// Names of the variables that conditions see, beside the policy's constants.
const (
	varSignal   = "signal"
	varBrand    = "brand"
	varSeller   = "seller"
	varListing  = "listing"
	varNow      = "now"
	varSignals  = "signals"
	varEvidence = "evidence"
)

// reserved are names that a constant cannot take.
var reserved = append(strings.Fields("true false null in as break const continue else for function if import let loop package namespace return var void while "+
	"int uint double bool string bytes list map null_type type dyn has all exists exists_one filter size matches math strings"),
	varSignal, varBrand, varSeller, varListing, varNow, varSignals, varEvidence)

// concerns reports whether the rule looks at signals of the kind.
func (r *rule) concerns(k signal.Kind) bool {
	return len(r.kinds) == 0 || slices.ContainsFunc(r.kinds, func(pattern string) bool {
		if stem, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(string(k), stem)
		}
		return pattern == string(k)
	})
}

// compile makes rules of their texts. Rules that are switched off are checked
// like the others and then left out.
func compile(t text, found *written.Problems) []*rule {
	envs, err := environments(t.constants)
	if err != nil {
		found.At(1, 0, "internal", "the policy's names cannot be declared: %v", err)
		return nil
	}
	rules := make([]*rule, 0, len(t.rules))
	for _, one := range t.rules {
		env := envs[one.scope]
		if env == nil || one.when == nil {
			continue // told already
		}
		program := condition(env, one.when, found)
		if program == nil || !one.enabled {
			continue
		}
		rules = append(rules, &rule{
			id: one.id, scope: one.scope, kinds: one.kinds,
			decision: one.decision, reason: one.reason, program: program, otherwise: one.otherwise,
			automatic: one.automatic, print: one.print(t.constants),
		})
	}
	return rules
}

// world is what every condition of every policy sees; made once, since CEL's
// library takes longer to declare than a policy to compile.
var world = sync.OnceValues(func() (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	return cel.NewEnv(
		cel.CustomTypeAdapter(registry),
		cel.CustomTypeProvider(provider{registry, []*class{signalClass, sellerClass, listingClass, brandClass}}),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ParserRecursionLimit(maxNesting),
		cel.ParserExpressionSizeLimit(maxCondition),
		ext.Strings(), ext.Math(), ext.Lists(), ext.Sets(),
		cel.Variable(varSeller, sellerClass.typ),
		cel.Variable(varListing, listingClass.typ),
		cel.Variable(varNow, types.TimestampType),
	)
})

// environments declares what conditions see, for each scope.
func environments(constants []constant) (map[string]*cel.Env, error) {
	base, err := world()
	if err != nil {
		return nil, err
	}
	named := make([]cel.EnvOption, len(constants))
	for i, c := range constants {
		named[i] = declare(c)
	}
	ofSignal, err := base.Extend(append(slices.Clip(named), cel.Variable(varSignal, signalClass.typ), cel.Variable(varBrand, brandClass.typ))...)
	if err != nil {
		return nil, err
	}
	ofListing, err := base.Extend(append(slices.Clip(named), cel.Variable(varSignals, types.NewListType(signalClass.typ)), cel.Variable(varEvidence, types.DoubleType))...)
	if err != nil {
		return nil, err
	}
	return map[string]*cel.Env{forSignal: ofSignal, forLicensed: ofSignal, forListing: ofListing}, nil
}

func declare(c constant) cel.EnvOption {
	var typ *types.Type
	var value ref.Val
	switch v := c.value.(type) {
	case float64:
		typ, value = types.DoubleType, types.Double(v)
	case int64:
		typ, value = types.IntType, types.Int(v)
	case []string:
		typ, value = listOfStrings, texts(v)
	}
	return cel.Constant(c.name, typ, value)
}

// condition compiles one expression, or adds its problems and returns nil.
func condition(env *cel.Env, when *yaml.Node, found *written.Problems) cel.Program {
	ast, issues := env.Compile(when.Value)
	if issues != nil && issues.Err() != nil {
		for _, e := range issues.Errors() {
			line, column := locate(when, e.Location.Line(), e.Location.Column())
			found.At(line, column, "condition", "when: %s", e.Message)
		}
		return nil
	}
	if ast.OutputType() != types.BoolType {
		found.Add(when, "condition", "when must be true or false, this is a %s", cel.FormatCELType(ast.OutputType()))
		return nil
	}
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
	if err != nil {
		found.Add(when, "condition", "when: %v", err)
		return nil
	}
	return program
}

// locate maps a place in an expression (line from 1, column from 0) to the
// policy's text; column 0 where YAML's folding leaves it unknown.
func locate(n *yaml.Node, line, column int) (int, int) {
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return n.Line + max(line, 1), 0
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return n.Line, n.Column + 1 + max(column, 0)
	}
	return n.Line, n.Column + max(column, 0)
}

// holds evaluates the condition.
func (r *rule) holds(s *scope) (bool, error) {
	out, _, err := r.program.Eval(s)
	if err != nil {
		return false, err
	}
	yes, ok := out.(types.Bool)
	if !ok {
		return false, fmt.Errorf("condition gave %s", out.Type().TypeName())
	}
	return bool(yes), nil
}
