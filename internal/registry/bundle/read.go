package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"assay/internal/blob"
	"assay/internal/fault"
	"assay/internal/registry"
)

// Read reads every YAML and JSON file at the top of fsys. Rows that are wrong
// are left out and told, each with the Path "file:line"; all others are in
// the bundle. An error says that the bundle cannot be read at all. Whether a
// picture opens is CheckPictures' to say.
func Read(fsys fs.FS) (*Bundle, []fault.Field, error) {
	names, err := textFiles(fsys)
	if err != nil {
		return nil, nil, err
	}
	var r report
	var raw rawRows
	for _, name := range names {
		if err := raw.read(fsys, name, &r); err != nil {
			return nil, nil, err
		}
	}
	b := &Bundle{
		Pictures: func(name string) ([]byte, error) { return load(fsys, name, maxPicture) },
		innocent: map[string]string{},
		silent:   map[string]silence{},
		places:   map[string]place{},
	}
	c := checker{fsys: fsys, report: &r, bundle: b}
	c.check(raw)
	b.Warnings = warnings(b)
	return b, r.list(), nil
}

func textFiles(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the bundle cannot be listed")
	}
	var names []string
	var total int64
	for _, e := range entries {
		if ext := strings.ToLower(path.Ext(e.Name())); junk(e.Name()) || !e.Type().IsRegular() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("look at %s: %w", e.Name(), err)
		}
		total += info.Size()
		names = append(names, e.Name())
	}
	if len(names) == 0 {
		return nil, fault.New(fault.Invalid, "this is no registry bundle: it has neither registry.yaml nor registry.json, nor any other .yaml or .json file at its top")
	}
	if total > maxTexts {
		return nil, fault.New(fault.TooLarge, "the texts of the bundle are over %d MiB", maxTexts>>20)
	}
	return names, nil
}

// rawRows are the rows of all files, each right by itself.
type rawRows struct {
	holders  []row[registry.RightsHolder]
	brands   []row[registry.Brand]
	rights   []row[registry.Right]
	assets   []row[registry.Asset]
	licences []row[registry.Licence]
	sellers  []row[sellerRow]
}

func (raw *rawRows) read(fsys fs.FS, name string, r *report) error {
	data, err := load(fsys, name, maxText)
	if err != nil {
		return err
	}
	parse := parseYAML
	if strings.EqualFold(path.Ext(name), ".json") {
		parse = parseJSON
	}
	tops, err := parse(data)
	var bad badLine
	if errors.As(err, &bad) {
		r.add(fmt.Sprintf("%s:%d", name, bad.line), "syntax", "the file cannot be read from here on: %s", bad.message)
	}
	for _, top := range tops {
		raw.document(top, name, r)
	}
	return nil
}

// document reads the sections of one document.
func (raw *rawRows) document(top *yaml.Node, name string, r *report) {
	if top.Kind == yaml.ScalarNode && top.Tag == "!!null" {
		return // an empty file
	}
	if top.Kind != yaml.MappingNode {
		r.add(fmt.Sprintf("%s:%d", name, top.Line), "type", "the file must consist of the sections %s", strings.Join(Sections, ", "))
		return
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, list := top.Content[i], top.Content[i+1]
		at := fmt.Sprintf("%s:%d", name, key.Line)
		if !slices.Contains(Sections, key.Value) {
			r.add(at, "unknown_section", "there is no section %q; the sections are %s", key.Value, strings.Join(Sections, ", "))
			continue
		}
		if list.Kind == yaml.ScalarNode && list.Tag == "!!null" {
			continue
		}
		if list.Kind != yaml.SequenceNode {
			r.add(at, "type", "the section %s must be a list of rows", key.Value)
			continue
		}
		for _, n := range list.Content {
			raw.row(key.Value, n, name, r)
		}
	}
}

func (raw *rawRows) row(section string, n *yaml.Node, name string, r *report) {
	switch section {
	case Holders:
		take(&raw.holders, n, name, r)
	case Brands:
		take(&raw.brands, n, name, r)
	case Rights:
		take(&raw.rights, n, name, r)
	case Assets:
		take(&raw.assets, n, name, r)
	case Licences:
		take(&raw.licences, n, name, r)
	case Sellers:
		take(&raw.sellers, n, name, r)
	}
}

// take decodes a row and validates it by itself.
func take[T interface{ Validate() []fault.Field }](into *[]row[T], n *yaml.Node, name string, r *report) {
	one, ok := decode[T](n, name, r)
	if !ok {
		return
	}
	wrong := one.value.Validate()
	for _, f := range wrong {
		r.add(one.of(f.Path), f.Code, "%s: %s", f.Path, f.Message)
	}
	if len(wrong) == 0 {
		*into = append(*into, one)
	}
}

// checker follows the references between rows.
type checker struct {
	fsys   fs.FS
	bundle *Bundle
	*report
	brands  map[string]bool
	rights  map[string]string   // id -> brand
	assets  map[string]string   // id -> brand
	shops   map[string][]string // external id -> ids
	sellers map[string]bool
}

func (c *checker) check(raw rawRows) {
	holders := map[string]bool{}
	for _, h := range raw.holders {
		if c.first(Holders, h.value.ID, h.place) {
			holders[h.value.ID] = true
			c.bundle.Holders = append(c.bundle.Holders, h.value)
		}
	}
	c.brands = map[string]bool{}
	for _, b := range raw.brands {
		if c.first(Brands, b.value.ID, b.place) && c.refer(b.place, "holder", b.value.HolderID, holders[b.value.HolderID]) {
			c.brands[b.value.ID] = true
			c.bundle.Brands = append(c.bundle.Brands, b.value)
		}
	}
	c.rights = map[string]string{}
	for _, r := range raw.rights {
		if c.first(Rights, r.value.ID, r.place) && c.refer(r.place, "brand", r.value.BrandID, c.brands[r.value.BrandID]) {
			c.rights[r.value.ID] = r.value.BrandID
			c.bundle.Rights = append(c.bundle.Rights, r.value)
		}
	}
	c.assets = map[string]string{}
	for _, a := range raw.assets {
		c.asset(a)
	}
	c.shops, c.sellers = map[string][]string{}, map[string]bool{}
	for _, s := range raw.sellers {
		c.seller(s)
	}
	for _, l := range raw.licences {
		c.licence(l)
	}
}

// first notes where a row stands, unless another has its id already.
func (c *checker) first(section, id string, at place) bool {
	key := section + "/" + id
	if other, taken := c.bundle.places[key]; taken {
		c.add(at.of("id"), "duplicate", "the id %s is used already at %s", id, other.of("id"))
		return false
	}
	c.bundle.places[key] = at
	return true
}

// refer tells a reference that leads nowhere.
func (c *checker) refer(at place, field, id string, found bool) bool {
	if !found {
		c.add(at.of(field), "unknown", "%s: the bundle has no usable row with the id %s", field, id)
	}
	return found
}

// same tells a reference that leads to another brand's row.
func (c *checker) same(at place, field, id, brand, want string) bool {
	if brand != "" && brand != want {
		c.add(at.of(field), "other_brand", "%s: %s belongs to the brand %s, not to %s", field, id, brand, want)
		return false
	}
	return c.refer(at, field, id, brand != "")
}

func (c *checker) asset(a row[registry.Asset]) {
	v := a.value
	if !c.first(Assets, v.ID, a.place) || !c.refer(a.place, "brand", v.BrandID, c.brands[v.BrandID]) ||
		v.RightID != "" && !c.same(a.place, "right", v.RightID, c.rights[v.RightID], v.BrandID) {
		return
	}
	if v.Picture != "" {
		name, ok := c.picture(a.place, "picture", v.Picture)
		if !ok {
			return
		}
		v.Picture = name
	}
	innocent := make([]string, 0, len(v.InnocentPictures))
	for _, given := range v.InnocentPictures {
		key, ok := c.innocent(a.place, given)
		if !ok {
			return
		}
		innocent = append(innocent, key)
	}
	v.InnocentPictures = innocent
	if len(innocent) == 0 {
		v.InnocentPictures = nil
	}
	c.assets[v.ID] = v.BrandID
	c.bundle.Assets = append(c.bundle.Assets, v)
}

// picture finds a picture file without opening it.
func (c *checker) picture(at place, field, given string) (string, bool) {
	name, ok := clean(given)
	if !ok {
		c.add(at.of(field), "bad_path", "%s: %q is not a file below the bundle's folder", field, given)
		return "", false
	}
	info, err := fs.Stat(c.fsys, name)
	switch {
	case err != nil || !info.Mode().IsRegular():
		c.add(at.of(field), "missing_file", "%s: the bundle has no file %s", field, name)
	case info.Size() == 0:
		c.add(at.of(field), "truncated", "%s: the file %s is empty", field, name)
	case info.Size() > maxPicture:
		c.add(at.of(field), "too_large", "%s: the file %s is over %d MiB", field, name, maxPicture>>20)
	default:
		return name, true
	}
	return "", false
}

// innocent is the content key of an innocent picture, given as key or file.
func (c *checker) innocent(at place, given string) (string, bool) {
	const field = "innocent_pictures"
	if hexa, ok := strings.CutPrefix(given, "sha256:"); ok {
		if len(hexa) != 64 || strings.Trim(hexa, "0123456789abcdef") != "" {
			c.add(at.of(field), "bad_form", "%s: a content key is sha256: and 64 hex digits", field)
			return "", false
		}
		return given, true
	}
	name, ok := c.picture(at, field, given)
	if !ok {
		return "", false
	}
	data, err := c.bundle.Pictures(name)
	if err != nil {
		c.add(at.of(field), "missing_file", "%s: %v", field, err)
		return "", false
	}
	key := blob.Key(data)
	c.bundle.innocent[key] = name
	return key, true
}

func (c *checker) seller(s row[sellerRow]) {
	v := s.value.seller()
	if !c.first(Sellers, v.ID, s.place) {
		return
	}
	if v.ExternalID != "" {
		c.shops[v.ExternalID] = append(c.shops[v.ExternalID], v.ID)
	}
	c.bundle.silent[v.ID] = silence{status: s.value.Status == "", verification: s.value.Verification == ""}
	c.sellers[v.ID] = true
	c.bundle.Sellers = append(c.bundle.Sellers, v)
}

// licence follows a licence's references; its seller is an external id, or
// the id of a seller that has one.
func (c *checker) licence(l row[registry.Licence]) {
	v := l.value
	if !c.first(Licences, v.ID, l.place) || !c.refer(l.place, "brand", v.BrandID, c.brands[v.BrandID]) {
		return
	}
	named := c.shops[v.SellerID]
	if len(named) > 1 {
		c.add(l.of("seller"), "ambiguous", "seller: %d sellers have the external id %s; give them an id and name that", len(named), v.SellerID)
		return
	}
	if len(named) == 1 {
		v.SellerID = named[0]
	} else if !c.refer(l.place, "seller", v.SellerID, c.sellers[v.SellerID]) {
		return
	}
	for _, id := range v.AssetIDs {
		if !c.same(l.place, "assets", id, c.assets[id], v.BrandID) {
			return
		}
	}
	c.bundle.Licences = append(c.bundle.Licences, v)
}
