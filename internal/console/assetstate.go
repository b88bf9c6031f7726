package console

import (
	"net/http"
	"net/url"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/registry"
	"assay/internal/signal"
)

// assetState is how an asset is doing, for its page; empty for other rows.
type assetState struct {
	Brake   *registry.Brake // the last one, held or released
	Held    bool
	Words   bool   // it is words: listings were counted, not pictures
	By      string // who released it
	Release string // where to, for those who may
	Yours   bool   // the reader may mend it

	Spellings []signal.Spelling   // proposals for a name
	Precision *casefile.Precision // nil: not an asset
	Cases     string              // where its decided cases are listed, for those who may read cases
}

// assetState reads it of a card that is an asset's.
func (c *Console) assetState(r *http.Request, k card) (s assetState, err error) {
	a, ok := k.(*assetCard)
	if !ok {
		return s, nil
	}
	s.Spellings = signal.Spellings(a.row)
	p, err := c.Store.Precision(r.Context(), a.row.ID)
	if err != nil {
		return s, err
	}
	if s.Precision = &p; p.Decided > 0 && who(r).Can(access.CaseRead) {
		s.Cases = "/queue?" + queueFilter{Ask: casefile.Ask{State: casefile.Closed, AssetID: a.row.ID}}.query().Encode()
	}
	b, err := c.Store.Brake(r.Context(), a.row.ID)
	if fault.Is(err, fault.NotFound) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	b = who(r).ShowBrake(b)
	s.Brake, s.Held, s.Words = &b, b.Held(), a.row.Kind.Textual()
	s.Yours = k.editable(who(r))
	if s.Held && who(r).MayReleaseBrake() {
		s.Release = "/registry/assets/" + url.PathEscape(a.row.ID) + "/release"
	}
	person, err := maybe(c.Store.Account(r.Context(), b.ReleasedBy))
	s.By = person.Name
	return s, err
}

// releaseAsset trusts a braked asset again.
func (c *Console) releaseAsset(w http.ResponseWriter, r *http.Request) error {
	r.SetPathValue("kind", "assets")
	_, k, err := c.theCard(r)
	if err != nil {
		return err
	}
	if !who(r).MayReleaseBrake() {
		return fault.New(fault.Forbidden, "no right to do this")
	}
	said := flash{Kind: "pass", Key: "asset.release.done"}
	if _, err = c.Keeper.ReleaseBrake(r.Context(), k.id(), who(r).ID); fault.Is(err, fault.Conflict) {
		said, err = flash{Kind: "review", Key: "asset.release.late"}, nil
	}
	if err != nil {
		return err
	}
	c.flashLater(r, said)
	http.Redirect(w, r, "/registry/assets/"+url.PathEscape(k.id()), http.StatusSeeOther)
	return nil
}

// brakeLine is a braked asset on the overview.
type brakeLine struct {
	Href, Name string
	Words      bool // listings were counted, not pictures
	registry.Brake
}

// overviewBrakes shows what waits for somebody to trust it again.
func (c *Console) overviewBrakes(r *http.Request, v *overviewView) error {
	list, err := c.Store.Brakes(r.Context(), registry.Filter{Limit: 20}, true)
	if err != nil {
		return err
	}
	for _, b := range list {
		a, err := maybe(c.Store.Asset(r.Context(), b.AssetID))
		if err != nil {
			return err
		}
		v.Brakes = append(v.Brakes, brakeLine{"/registry/assets/" + url.PathEscape(b.AssetID), explain.AssetName(a), a.Kind.Textual(), b})
	}
	return nil
}
