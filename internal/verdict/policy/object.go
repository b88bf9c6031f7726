package policy

import (
	"fmt"
	"reflect"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// class is a type of object that conditions see: a closed set of fields, each
// read straight from the Go value without reflection.
type class struct {
	name   string
	typ    *types.Type
	names  []string // in the order of the documentation
	fields map[string]*types.FieldType
}

func newClass(name string) *class {
	return &class{name: name, typ: types.NewObjectType(name, traits.IndexerType), fields: map[string]*types.FieldType{}}
}

// field adds a field that reads from a *T.
func field[T any](c *class, name string, typ *types.Type, get func(*T) ref.Val) {
	c.names = append(c.names, name)
	c.fields[name] = &types.FieldType{
		Type:  typ,
		IsSet: func(any) bool { return true },
		GetFrom: func(target any) (any, error) {
			of, ok := target.(*T)
			if !ok {
				return nil, fmt.Errorf("%s.%s read from a %T", c.name, name, target)
			}
			return get(of), nil
		},
	}
}

// object is a Go value seen through its class.
type object struct {
	class *class
	of    any
}

func (o object) ConvertToNative(t reflect.Type) (any, error) {
	if reflect.TypeOf(o.of).AssignableTo(t) {
		return o.of, nil
	}
	return nil, fmt.Errorf("%s is no %v", o.class.name, t)
}

func (o object) ConvertToType(t ref.Type) ref.Val {
	switch t {
	case types.TypeType:
		return o.class.typ
	case o.class.typ:
		return o
	}
	return types.NewErr("%s cannot be made a %s", o.class.name, t.TypeName())
}

func (o object) Equal(other ref.Val) ref.Val {
	v, ok := other.(object)
	return types.Bool(ok && v.of == o.of)
}

func (o object) Type() ref.Type { return o.class.typ }
func (o object) Value() any     { return o.of }

// Get serves fields whose object's type is not known before run time.
func (o object) Get(index ref.Val) ref.Val {
	name, ok := index.(types.String)
	if f := o.class.fields[string(name)]; ok && f != nil {
		v, err := f.GetFrom(o.of)
		if err != nil {
			return types.WrapErr(err)
		}
		return v.(ref.Val)
	}
	return types.NewErr("%s has no field %v", o.class.name, index)
}

// provider adds the classes to CEL's own types.
type provider struct {
	types.Provider
	classes []*class
}

func (p provider) class(name string) *class {
	if i := slices.IndexFunc(p.classes, func(c *class) bool { return c.name == name }); i >= 0 {
		return p.classes[i]
	}
	return nil
}

func (p provider) FindStructType(name string) (*types.Type, bool) {
	if c := p.class(name); c != nil {
		return types.NewTypeTypeWithParam(c.typ), true
	}
	return p.Provider.FindStructType(name)
}

func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if c := p.class(name); c != nil {
		return c.names, true
	}
	return p.Provider.FindStructFieldNames(name)
}

func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if c := p.class(name); c != nil {
		f, ok := c.fields[field]
		return f, ok
	}
	return p.Provider.FindStructFieldType(name, field)
}

// NewValue refuses to make objects: conditions judge facts, they invent none.
func (p provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if p.class(name) != nil {
		return types.NewErr("a condition cannot make a %s", name)
	}
	return p.Provider.NewValue(name, fields)
}
