package console

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"assay/internal/statement"
)

// linesOf are the fields of a record that are not empty, by their names there.
func linesOf(r statement.Record) []labelled {
	var out []labelled
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		var text string
		switch x := v.Field(i).Interface().(type) {
		case string:
			text = x
		case []string:
			text = strings.Join(x, ", ")
		default:
			b, err := json.Marshal(x)
			if err != nil {
				b = fmt.Append(nil, x)
			}
			text = string(b)
		}
		out = append(out, labelled{name, text})
	}
	return out
}
