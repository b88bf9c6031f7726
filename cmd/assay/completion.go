package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"assay/internal/fault"
)

type completeCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (*completeCommand) Help() string {
	return "Examples:\n  source <(assay completion bash)\n  assay completion zsh > ~/.zfunc/_assay\n  assay completion fish > ~/.config/fish/completions/assay.fish"
}

// Run prints a script made from the command tree itself, so that it cannot
// fall behind.
func (cmd *completeCommand) Run(c terminal, k *kong.Kong) error {
	words := map[string][]string{}
	gather(k.Model.Node, "", words)
	var script string
	switch cmd.Shell {
	case "bash":
		script = bashScript(words)
	case "zsh":
		script = "#compdef assay\nautoload -U +X bashcompinit && bashcompinit\n" + bashScript(words)
	case "fish":
		script = fishScript(words)
	default:
		return fault.New(fault.Invalid, "unknown shell %q: use bash, zsh or fish", cmd.Shell)
	}
	_, err := fmt.Fprint(c.out, script)
	return err
}

// gather collects, for each command path, the commands and flags that follow.
func gather(n *kong.Node, path string, words map[string][]string) {
	var list []string
	for _, child := range n.Children {
		if child.Hidden || child.Type != kong.CommandNode {
			continue
		}
		list = append(list, child.Name)
		gather(child, strings.TrimSpace(path+" "+child.Name), words)
	}
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			list = append(list, "--"+f.Name)
		}
	}
	words[path] = list
}

func bashScript(words map[string][]string) string {
	var b strings.Builder
	b.WriteString("_assay() {\n  local cur=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" w\n")
	b.WriteString("  for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do [[ $w == -* ]] || path=\"${path:+$path }$w\"; done\n  case \"$path\" in\n")
	for _, path := range sortedKeys(words) {
		fmt.Fprintf(&b, "    %q) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", path, strings.Join(words[path], " "))
	}
	b.WriteString("    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n  esac\n}\ncomplete -o default -F _assay assay\n")
	return b.String()
}

func fishScript(words map[string][]string) string {
	var b strings.Builder
	for _, path := range sortedKeys(words) {
		condition := "__fish_use_subcommand"
		if path != "" {
			last := strings.Fields(path)
			condition = "__fish_seen_subcommand_from " + last[len(last)-1]
		}
		for _, w := range words[path] {
			if name, ok := strings.CutPrefix(w, "--"); ok {
				fmt.Fprintf(&b, "complete -c assay -n '%s' -l %s\n", condition, name)
			} else {
				fmt.Fprintf(&b, "complete -c assay -f -n '%s' -a %s\n", condition, w)
			}
		}
	}
	return b.String()
}
