package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxDepth is far beyond what rows need; it keeps a JSON file from using up
// the stack. The YAML parser has a bound of its own.
const maxDepth = 50

// badLine is an error at a line of a file.
type badLine struct {
	line    int
	message string
}

func (b badLine) Error() string { return fmt.Sprintf("line %d: %s", b.line, b.message) }

var yamlLine = regexp.MustCompile(`line (\d+): `)

// parseYAML returns the top nodes of all documents.
func parseYAML(data []byte) ([]*yaml.Node, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var tops []*yaml.Node
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return tops, nil
		}
		if err != nil {
			bad := badLine{1, strings.TrimPrefix(err.Error(), "yaml: ")}
			if m := yamlLine.FindStringSubmatch(bad.message); m != nil {
				bad.line, _ = strconv.Atoi(m[1])
				bad.message = strings.Replace(bad.message, m[0], "", 1)
			}
			return tops, bad
		}
		tops = append(tops, doc.Content...)
	}
}

// parseJSON makes the same nodes of JSON, so that its rows have lines too.
func parseJSON(data []byte) ([]*yaml.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	j := jsonReader{Decoder: d, ends: lineEnds(data)}
	top, err := j.value(0)
	if err != nil {
		return nil, badLine{j.line(), "this is not JSON: " + err.Error()}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, badLine{j.line(), "something follows the end of the JSON value"}
	}
	return []*yaml.Node{top}, nil
}

type jsonReader struct {
	*json.Decoder
	ends []int // offsets of line ends
}

func lineEnds(data []byte) []int {
	var ends []int
	for i, c := range data {
		if c == '\n' {
			ends = append(ends, i)
		}
	}
	return ends
}

// line is the line of the last token.
func (j jsonReader) line() int { return sort.SearchInts(j.ends, int(j.InputOffset())-1) + 1 }

func (j jsonReader) value(depth int) (*yaml.Node, error) {
	token, err := j.Token()
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: j.line()}
	switch v := token.(type) {
	case json.Delim:
		if depth == maxDepth {
			return nil, errors.New("it is nested too deep")
		}
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if v == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for j.More() {
			child, err := j.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		_, err := j.Token()
		return n, err
	case string:
		n.Tag, n.Value, n.Style = "!!str", v, yaml.DoubleQuotedStyle
	case json.Number:
		n.Value = v.String()
		n.Tag = "!!int"
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v)
	case nil:
		n.Tag, n.Value = "!!null", "null"
	}
	return n, nil
}
