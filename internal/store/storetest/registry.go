package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/seller"
)

var registryTests = map[string]func(*testing.T, *kit){
	"every field survives":          registryFields,
	"equal content changes nothing": registryIdempotent,
	"references must exist":         registryReferences,
	"missing":                       registryMissing,
	"filters":                       registryFilters,
	"search":                        registrySearch,
	"search finds parts":            registrySearchParts,
	"pages":                         registryPages,
	"changes":                       registryChanges,
	"prints":                        registryPrints,
	"learnables":                    registryLearnables,
	"sought":                        registrySought,
	"sought, many at once":          registryMoveSought,
	"brakes":                        registryBrakes,
}

// filled is a registry with one row of each kind, every field set.
type filled struct {
	seller  seller.Seller
	holder  registry.RightsHolder
	brand   registry.Brand
	right   registry.Right
	asset   registry.Asset
	licence registry.Licence
}

func fillRegistry() (f filled) {
	for _, v := range []any{&f.seller, &f.holder, &f.brand, &f.right, &f.asset, &f.licence} {
		fill(v)
	}
	f.brand.HolderID = f.holder.ID
	f.right.BrandID, f.asset.BrandID, f.licence.BrandID = f.brand.ID, f.brand.ID, f.brand.ID
	f.asset.RightID = f.right.ID
	f.licence.SellerID, f.licence.AssetIDs = f.seller.ID, []string{f.asset.ID}
	return f
}

// put stores all of it and returns what changed, in order.
func (f filled) put(k *kit) (changed []bool) {
	k.t.Helper()
	note := func(c bool, err error) { k.t.Helper(); k.must(err); changed = append(changed, c) }
	note(k.PutSeller(k.ctx, f.seller))
	note(k.PutHolder(k.ctx, f.holder))
	note(k.PutBrand(k.ctx, f.brand))
	note(k.PutRight(k.ctx, f.right))
	note(k.PutAsset(k.ctx, f.asset))
	note(k.PutLicence(k.ctx, f.licence))
	return changed
}

func registryFields(t *testing.T, k *kit) {
	f := fillRegistry()
	f.put(k)
	same(t, "holder", got[registry.RightsHolder](k)(k.Holder(k.ctx, f.holder.ID)), f.holder)
	same(t, "brand", got[registry.Brand](k)(k.Brand(k.ctx, f.brand.ID)), f.brand)
	same(t, "right", got[registry.Right](k)(k.Right(k.ctx, f.right.ID)), f.right)
	same(t, "asset", got[registry.Asset](k)(k.Asset(k.ctx, f.asset.ID)), f.asset)
	same(t, "licence", got[registry.Licence](k)(k.Licence(k.ctx, f.licence.ID)), f.licence)
}

func registryIdempotent(t *testing.T, k *kit) {
	f := fillRegistry()
	all := func(b bool) []bool { return slices.Repeat([]bool{b}, 6) }
	same(t, "first put", f.put(k), all(true))
	later := time.Hour
	f.seller.UpdatedAt, f.seller.CreatedAt = noon.Add(later), noon.Add(later)
	f.holder.UpdatedAt, f.brand.UpdatedAt = noon.Add(later), noon.Add(later)
	f.right.UpdatedAt, f.asset.UpdatedAt, f.licence.UpdatedAt = noon.Add(later), noon.Add(later), noon.Add(later)
	same(t, "the same again, later", f.put(k), all(false))
	if head := got[int64](k)(k.ChangeHead(k.ctx)); head != 6 {
		t.Fatalf("%d changes recorded, want 6", head)
	}
	f.seller.Name, f.holder.Name, f.brand.Name = "new", "new", "new"
	f.right.Number, f.asset.Retired, f.licence.Status = "new", false, registry.LicenceRevoked
	same(t, "new content", f.put(k), all(true))
	same(t, "new content again", f.put(k), all(false))
	same(t, "stored brand", got[registry.Brand](k)(k.Brand(k.ctx, f.brand.ID)), f.brand)
}

func registryReferences(t *testing.T, k *kit) {
	k.brand("b1", k.holder("h1"))
	k.brand("b2", "h1")
	k.asset("a2", "b2")
	k.seller("s1")
	puts := map[string]func(context.Context) (bool, error){
		"brand of no holder": func(ctx context.Context) (bool, error) {
			return k.PutBrand(ctx, registry.Brand{ID: "x", HolderID: "none"})
		},
		"right of no brand": func(ctx context.Context) (bool, error) {
			return k.PutRight(ctx, registry.Right{ID: "x", BrandID: "none"})
		},
		"asset of no brand": func(ctx context.Context) (bool, error) {
			return k.PutAsset(ctx, registry.Asset{ID: "x", BrandID: "none"})
		},
		"asset of no right": func(ctx context.Context) (bool, error) {
			return k.PutAsset(ctx, registry.Asset{ID: "x", BrandID: "b1", RightID: "none"})
		},
		"licence of no brand": func(ctx context.Context) (bool, error) {
			return k.PutLicence(ctx, registry.Licence{ID: "x", BrandID: "none", SellerID: "s1"})
		},
		"licence for no seller": func(ctx context.Context) (bool, error) {
			return k.PutLicence(ctx, registry.Licence{ID: "x", BrandID: "b1", SellerID: "none"})
		},
		"licence for another's asset": func(ctx context.Context) (bool, error) {
			return k.PutLicence(ctx, registry.Licence{ID: "x", BrandID: "b1", SellerID: "s1", AssetIDs: []string{"a2"}})
		},
		"brand without a holder's id": func(ctx context.Context) (bool, error) { return k.PutBrand(ctx, registry.Brand{ID: "x"}) },
		"moved to a holder that is none": func(ctx context.Context) (bool, error) {
			return k.PutBrand(ctx, registry.Brand{ID: "b1", HolderID: "none"})
		},
	}
	before := got[int64](k)(k.ChangeHead(k.ctx))
	for name, put := range puts {
		changed, err := put(k.ctx)
		if !fault.Is(err, fault.Invalid) || changed {
			t.Errorf("%s: changed=%v, %v; want fault invalid", name, changed, err)
		}
	}
	// A refused row does not spoil the transaction it was refused in.
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		for _, put := range puts {
			if _, err := put(ctx); err == nil {
				t.Error("accepted")
			}
		}
		return nil
	}))
	if after := got[int64](k)(k.ChangeHead(k.ctx)); after != before {
		t.Fatalf("refused rows left %d changes", after-before)
	}
}

func registryMissing(t *testing.T, k *kit) {
	for name, read := range map[string]func(string) error{
		"holder":  func(id string) error { _, err := k.Holder(k.ctx, id); return err },
		"brand":   func(id string) error { _, err := k.Brand(k.ctx, id); return err },
		"right":   func(id string) error { _, err := k.Right(k.ctx, id); return err },
		"asset":   func(id string) error { _, err := k.Asset(k.ctx, id); return err },
		"licence": func(id string) error { _, err := k.Licence(k.ctx, id); return err },
	} {
		for _, id := range []string{"none", "", "\x00", "'; DROP TABLE brands; --", "\xff", "?"} {
			if err := read(id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s %q: want not found, got %v", name, id, err)
			}
		}
	}
}

func ids[V any](list []V, id func(V) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = id(v)
	}
	return out
}

// seedFilters makes two holders, three brands, and rows below them.
func seedFilters(k *kit) {
	k.holder("h1")
	k.holder("h2")
	k.brand("b1", "h1")
	k.brand("b2", "h1")
	k.brand("b3", "h2")
	k.seller("s1")
	k.seller("s2")
	for i, b := range []string{"b1", "b2", "b3"} {
		k.right("r"+b, b)
		k.asset("a"+b, b)
		got[bool](k)(k.PutLicence(k.ctx, registry.Licence{ID: "l" + b, BrandID: b, SellerID: []string{"s1", "s1", "s2"}[i],
			Status: registry.LicenceActive, UpdatedAt: noon}))
	}
	got[bool](k)(k.PutAsset(k.ctx, registry.Asset{ID: "logo", BrandID: "b1", Kind: registry.AssetMark, UpdatedAt: noon}))
}

func registryFilters(t *testing.T, k *kit) {
	seedFilters(k)
	for _, c := range []struct {
		name                                     string
		f                                        registry.Filter
		holders, brands, rights, assets, licence []string
	}{
		{"holder", registry.Filter{HolderID: "h1"}, []string{"h1"}, []string{"b1", "b2"}, []string{"rb1", "rb2"}, []string{"ab1", "ab2", "logo"}, []string{"lb1", "lb2"}},
		{"brand", registry.Filter{BrandID: "b3"}, []string{"h2"}, []string{"b3"}, []string{"rb3"}, []string{"ab3"}, []string{"lb3"}},
		{"seller", registry.Filter{SellerID: "s2"}, []string{"h2"}, []string{"b3"}, []string{"rb3"}, []string{"ab3"}, []string{"lb3"}},
		{"holder and another's brand", registry.Filter{HolderID: "h1", BrandID: "b3"}, []string{}, []string{}, []string{}, []string{}, []string{}},
		{"nobody", registry.Filter{HolderID: "-"}, []string{}, []string{}, []string{}, []string{}, []string{}},
	} {
		same(t, c.name+": holders", ids(got[[]registry.RightsHolder](k)(k.Holders(k.ctx, c.f)), func(v registry.RightsHolder) string { return v.ID }), c.holders)
		same(t, c.name+": brands", ids(got[[]registry.Brand](k)(k.Brands(k.ctx, c.f)), func(v registry.Brand) string { return v.ID }), c.brands)
		same(t, c.name+": rights", ids(got[[]registry.Right](k)(k.Rights(k.ctx, c.f)), func(v registry.Right) string { return v.ID }), c.rights)
		same(t, c.name+": assets", ids(got[[]registry.Asset](k)(k.Assets(k.ctx, c.f)), func(v registry.Asset) string { return v.ID }), c.assets)
		same(t, c.name+": licences", ids(got[[]registry.Licence](k)(k.Licences(k.ctx, c.f)), func(v registry.Licence) string { return v.ID }), c.licence)
	}
	same(t, "marks", ids(got[[]registry.Asset](k)(k.Assets(k.ctx, registry.Filter{Kind: "mark"})), func(v registry.Asset) string { return v.ID }), []string{"logo"})
}

func registrySearch(t *testing.T, k *kit) {
	for id, name := range map[string]string{"1": "100% Cotton", "2": "snake_case", "3": `back\slash`, "4": "ÉCOLE ÜBER", "5": "한국상표", "6": "plain"} {
		got[bool](k)(k.PutHolder(k.ctx, registry.RightsHolder{ID: id, Name: name, UpdatedAt: noon}))
	}
	for query, want := range map[string][]string{
		"100%": {"1"}, "%": {"1"}, "_": {"2"}, `\`: {"3"}, "école": {"4"}, "ÜBER": {"4"}, "über": {"4"}, "국상": {"5"},
		"PLAIN": {"6"}, "la": {"3", "6"}, "nothing": {}, "'": {}, "?": {}, "\x00": {"1", "2", "3", "4", "5", "6"},
	} {
		list := got[[]registry.RightsHolder](k)(k.Holders(k.ctx, registry.Filter{Query: query}))
		same(t, "search for "+query, ids(list, func(v registry.RightsHolder) string { return v.ID }), want)
	}
	_, err := k.Holders(k.ctx, registry.Filter{Query: string(bytes.Repeat([]byte("a"), 501))})
	k.refuses(fault.Invalid, err)
}

// A search finds what contains the query, upper and lower case alike.
func registrySearchParts(t *testing.T, k *kit) {
	letters := rapid.SampledFrom([]rune("aAéÉßİſ%_\\'\"\n?한\x00"))
	words := rapid.StringOfN(letters, 0, 6, -1)
	rapid.Check(t, func(rt *rapid.T) {
		name, query := words.Draw(rt, "name"), rapid.StringOfN(letters, 0, 3, -1).Draw(rt, "query")
		if _, err := k.PutHolder(k.ctx, registry.RightsHolder{ID: "1", Name: name}); err != nil {
			rt.Fatal(err)
		}
		list, err := k.Holders(k.ctx, registry.Filter{Query: query})
		if err != nil {
			rt.Fatal(err)
		}
		plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "\x00", "")) }
		if want := strings.Contains(plain("1\n"+name), plain(query)); want != (len(list) == 1) {
			rt.Fatalf("searching %q for %q: found=%v", name, query, len(list) == 1)
		}
	})
}

func registryPages(t *testing.T, k *kit) {
	k.holder("h")
	var want []string
	for _, id := range []string{"a", "B", "b", "Z", "10", "9", "é", "한", "_"} {
		k.brand(id, "h")
		want = append(want, id)
	}
	slices.Sort(want) // by bytes, on every engine
	var seen []string
	f := registry.Filter{Limit: 2}
	for {
		page := got[[]registry.Brand](k)(k.Brands(k.ctx, f))
		if len(page) == 0 {
			break
		}
		for _, b := range page {
			seen = append(seen, b.ID)
		}
		f.After = page[len(page)-1].ID
	}
	same(t, "pages", seen, want)
}

func registryChanges(t *testing.T, k *kit) {
	if head := got[int64](k)(k.ChangeHead(k.ctx)); head != 0 {
		t.Fatalf("a fresh registry has change %d", head)
	}
	fillRegistry().put(k)
	changes := got[[]registry.Change](k)(k.Changes(k.ctx, 0, 100))
	kinds := ids(changes, func(c registry.Change) string { return c.Kind })
	same(t, "kinds", kinds, []string{"seller", "holder", "brand", "right", "asset", "licence"})
	for i, c := range changes {
		if c.Seq != int64(i+1) || c.ID == "" {
			t.Fatalf("change %d is %+v", i+1, c)
		}
	}
	same(t, "after 4, at most 1", got[[]registry.Change](k)(k.Changes(k.ctx, 4, 1)), changes[4:5])
	same(t, "after the head", got[[]registry.Change](k)(k.Changes(k.ctx, 6, 1)), []registry.Change{})
	if head := got[int64](k)(k.ChangeHead(k.ctx)); head != 6 {
		t.Fatalf("head %d, want 6", head)
	}
}

func registryPrints(t *testing.T, k *kit) {
	k.asset("a", k.brand("b", k.holder("h")))
	_, err := k.Print(k.ctx, "a", "pdq/1")
	k.refuses(fault.NotFound, err)
	k.refuses(fault.Invalid, k.PutPrint(k.ctx, "none", "pdq/1", []byte{1}))
	for _, data := range [][]byte{{0, 255, '\'', '\\', 0}, {}, bytes.Repeat([]byte{7, 0}, 100_000)} {
		k.must(k.PutPrint(k.ctx, "a", "pdq/1", data))
		k.must(k.PutPrint(k.ctx, "a", "pdq/2", []byte("other")))
		if p := got[[]byte](k)(k.Print(k.ctx, "a", "pdq/1")); !bytes.Equal(p, data) {
			t.Fatalf("a print of %d bytes came back with %d", len(data), len(p))
		}
	}
	for _, id := range []string{"0", "b", "c"} {
		k.asset(id, "b")
		k.must(k.PutPrint(k.ctx, id, "pdq/1", []byte(id)))
	}
	k.asset("d", "b")
	seen := func(list []registry.Learnable) (out []string) {
		for _, l := range list {
			line := l.Asset.ID
			for _, p := range l.Prints {
				line += fmt.Sprintf(" %s %d", p.Detector, len(p.Data))
			}
			out = append(out, line)
		}
		return out
	}
	for _, c := range []struct {
		after string
		limit int
		want  []string
	}{{"", 0, []string{"0 pdq/1 1", "a pdq/1 200000 pdq/2 5", "b pdq/1 1", "c pdq/1 1", "d"}}, {"0", 2, []string{"a pdq/1 200000 pdq/2 5", "b pdq/1 1"}},
		{"c", 9, []string{"d"}}, {"d", 9, nil}} {
		same(t, "learnables after "+c.after, seen(got[[]registry.Learnable](k)(k.Learnables(k.ctx, c.after, c.limit))), c.want)
	}
	same(t, "learnables of some", seen(got[[]registry.Learnable](k)(k.LearnablesOf(k.ctx, []string{"d", "none", "a"}))), []string{"a pdq/1 200000 pdq/2 5", "d"})
	same(t, "learnables of none", seen(got[[]registry.Learnable](k)(k.LearnablesOf(k.ctx, nil))), nil)
}

// What detectors learn of an asset is what was stored, but for its label and its time.
func registryLearnables(t *testing.T, k *kit) {
	f := fillRegistry()
	f.put(k)
	plain := registry.Asset{ID: "words", BrandID: f.brand.ID, Kind: registry.AssetName, Text: "Name"}
	got[bool](k)(k.PutAsset(k.ctx, plain))
	f.asset.Label, f.asset.UpdatedAt = "", time.Time{}
	list := got[[]registry.Learnable](k)(k.LearnablesOf(k.ctx, []string{f.asset.ID, "words"}))
	want := []registry.Asset{f.asset, plain}
	slices.SortFunc(want, func(a, b registry.Asset) int { return strings.Compare(a.ID, b.ID) })
	for i, l := range list {
		same(t, "learnable", l.Asset, want[i])
	}
	if len(list) != 2 {
		t.Fatalf("%d learnables", len(list))
	}
}

// A picture is sought inside others unless it says otherwise; words have no depth.
func registrySought(t *testing.T, k *kit) {
	k.brand("b", k.holder("h"))
	put := func(id string, kind registry.AssetKind, sought registry.Sought) {
		got[bool](k)(k.PutAsset(k.ctx, registry.Asset{ID: id, BrandID: "b", Kind: kind, Sought: sought, UpdatedAt: noon}))
	}
	put("name", registry.AssetName, "")
	put("mark", registry.AssetMark, "")
	put("deep", registry.AssetPhotograph, registry.SoughtInside)
	put("flat", registry.AssetPhotograph, registry.SoughtWhole)
	of := func(f registry.Filter) []string {
		return ids(got[[]registry.Asset](k)(k.Assets(k.ctx, f)), func(v registry.Asset) string { return v.ID })
	}
	same(t, "inside", of(registry.Filter{Sought: registry.SoughtInside}), []string{"deep", "mark"})
	same(t, "inside, photographs", of(registry.Filter{Sought: registry.SoughtInside, Kind: "photograph"}), []string{"deep"})
	same(t, "as a whole", of(registry.Filter{Sought: registry.SoughtWhole}), []string{"flat"})
	before := got[int64](k)(k.ChangeHead(k.ctx))
	put("flat", registry.AssetPhotograph, registry.SoughtWhole)
	put("mark", registry.AssetMark, registry.SoughtInside) // what it was
	put("deep", registry.AssetPhotograph, registry.SoughtWhole)
	same(t, "changes", got[[]registry.Change](k)(k.Changes(k.ctx, before, 9)), []registry.Change{{Seq: before + 1, Kind: "asset", ID: "deep"}})
	same(t, "as a whole now", of(registry.Filter{Sought: registry.SoughtWhole}), []string{"deep", "flat"})
}

func registryMoveSought(t *testing.T, k *kit) {
	seedFilters(k)
	put := func(id, brand, label string, sought registry.Sought, retired bool) {
		got[bool](k)(k.PutAsset(k.ctx, registry.Asset{ID: id, BrandID: brand, Kind: registry.AssetPhotograph, Label: label, Picture: "sha256:" + id,
			InnocentPictures: []string{"sha256:i"}, Sought: sought, Retired: retired, UpdatedAt: noon}))
	}
	for i, brand := range []string{"b1", "b1", "b1", "b2", "b3"} {
		put(fmt.Sprint("p", i), brand, "Spring "+brand, registry.SoughtInside, i == 1)
	}
	put("p9", "b1", "Spring b1", registry.SoughtWhole, false)
	count := func(f registry.Filter) int { return got[int](k)(k.CountMatching(k.ctx, f)) }
	same(t, "matching", []int{count(registry.Filter{}), count(registry.Filter{Kind: "photograph"}), count(registry.Filter{HolderID: "h1", Kind: "photograph", Sought: "inside"}),
		count(registry.Filter{Query: "spring B1"}), count(registry.Filter{BrandID: "b3", Limit: 1}), count(registry.Filter{HolderID: "-"})}, []int{10, 6, 4, 4, 2, 0})
	_, err := k.CountMatching(k.ctx, registry.Filter{Query: strings.Repeat("x", 501)})
	k.refuses(fault.Invalid, err)
	head := got[int64](k)(k.ChangeHead(k.ctx))
	later := noon.Add(time.Hour)
	move := func(f registry.Filter) []string {
		moved := got[[]registry.Asset](k)(k.MoveSought(k.ctx, f, registry.SoughtWhole, later))
		for _, a := range moved {
			same(t, "as it is kept", got[registry.Asset](k)(k.Asset(k.ctx, a.ID)), a)
			if a.Sought != registry.SoughtWhole || !a.UpdatedAt.Equal(later) || a.Label == "" || len(a.InnocentPictures) != 1 {
				t.Errorf("moved %+v", a)
			}
		}
		return ids(moved, func(a registry.Asset) string { return a.ID })
	}
	of := registry.Filter{HolderID: "h1", Query: "spring", Limit: 2}
	same(t, "the first two", move(of), []string{"p0", "p1"})
	of.After = "p1"
	same(t, "the next two", move(of), []string{"p2", "p3"})
	same(t, "none is left", move(registry.Filter{HolderID: "h1"}), []string{})
	same(t, "of another holder", got[registry.Asset](k)(k.Asset(k.ctx, "p4")).Sought, registry.SoughtInside)
	same(t, "a mark", got[registry.Asset](k)(k.Asset(k.ctx, "logo")).Sought, registry.SoughtInside)
	var heard []registry.Change
	for i := range 4 {
		heard = append(heard, registry.Change{Seq: head + 1 + int64(i), Kind: "asset", ID: fmt.Sprint("p", i)})
	}
	same(t, "changes", got[[]registry.Change](k)(k.Changes(k.ctx, head, 9)), heard)
}

func registryBrakes(t *testing.T, k *kit) {
	seedFilters(k)
	var b registry.Brake
	fill(&b)
	_, err := k.PutBrake(k.ctx, b)
	k.refuses(fault.Invalid, err) // of no asset
	b.AssetID = "ab1"
	_, err = k.Brake(k.ctx, "ab1")
	k.refuses(fault.NotFound, err)
	before := got[int64](k)(k.ChangeHead(k.ctx))
	for _, want := range []bool{true, false} {
		if changed := got[bool](k)(k.PutBrake(k.ctx, b)); changed != want {
			t.Fatalf("changed=%v, want %v", changed, want)
		}
	}
	same(t, "every field", got[registry.Brake](k)(k.Brake(k.ctx, "ab1")), b)
	same(t, "the change", got[[]registry.Change](k)(k.Changes(k.ctx, before, 9)), []registry.Change{{Seq: before + 1, Kind: "brake", ID: "ab1"}})
	for _, id := range []string{"ab2", "ab3", "logo"} {
		got[bool](k)(k.PutBrake(k.ctx, registry.Brake{AssetID: id, Reason: registry.Flood, Since: noon, BrakedAt: noon}))
	}
	id := func(b registry.Brake) string { return b.AssetID }
	for _, c := range []struct {
		f    registry.Filter
		held bool
		want []string
	}{
		{registry.Filter{}, false, []string{"ab1", "ab2", "ab3", "logo"}},
		{registry.Filter{}, true, []string{"ab2", "ab3", "logo"}}, // the first was released
		{registry.Filter{HolderID: "h1"}, true, []string{"ab2", "logo"}},
		{registry.Filter{BrandID: "b1"}, true, []string{"logo"}},
		{registry.Filter{HolderID: "h2", BrandID: "b1"}, false, []string{}},
		{registry.Filter{After: "ab2", Limit: 1}, true, []string{"ab3"}},
	} {
		same(t, "brakes", ids(got[[]registry.Brake](k)(k.Brakes(k.ctx, c.f, c.held)), id), c.want)
	}
	if n := got[int](k)(k.CountBrakes(k.ctx)); n != 3 {
		t.Fatalf("%d brakes are on, want 3", n)
	}
	b.ReleasedAt = nil
	got[bool](k)(k.PutBrake(k.ctx, b))
	same(t, "braked again", got[registry.Brake](k)(k.Brake(k.ctx, "ab1")), b)
}
