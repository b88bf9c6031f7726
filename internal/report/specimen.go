package report

import (
	"context"
	"io"

	"assay/internal/explain"
	"assay/internal/listing"
	"assay/internal/message"
	"assay/internal/screening"
	"assay/internal/verdict"
)

// specimen is one question of a kit as a person sees it.
type specimen struct {
	ID, Edit string
	Decision verdict.Decision
	Score    float64
	Pairs    []pair
	Note     string // what the labels say, where the findings do not
}

// group are the specimens of one kind.
type group struct {
	Title, Lead string
	List        []specimen
}

// WriteSpecimens renders hits and near misses of a kit's pictures on a page that
// needs nothing but itself.
func WriteSpecimens(ctx context.Context, w io.Writer, p *message.Printer, library *screening.Library, s *screening.Specimens, get screening.Source) error {
	r := New(p, library, 1)
	r.measuring = true
	title := p.T("specimens.title", "Task", p.T("specimens.task."+s.Task.Name))
	groups := make([]group, 0, 3)
	for _, kind := range []screening.SpecimenKind{screening.Hit, screening.Missed, screening.Alarm} {
		var list []specimen
		for _, c := range s.Chosen {
			if c.Kind != kind {
				continue
			}
			one, err := r.specimen(ctx, c, get)
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		groups = append(groups, group{p.T("specimens." + string(kind)), p.T("specimens."+string(kind)+".lead", "All", s.All[kind], "Shown", len(list)), list})
	}
	return r.render(w, "specimens.html", map[string]any{"Title": title, "Groups": groups,
		"Lead": p.T("specimens.lead", "Questions", s.Questions, "Positives", s.Positives)})
}

func (r *Report) specimen(ctx context.Context, c screening.Specimen, get screening.Source) (specimen, error) {
	out := specimen{ID: c.Question, Edit: c.Edit, Decision: c.Verdict.Decision, Score: c.Score}
	var found card
	for _, f := range c.Verdict.Signals {
		if f.AssetID != c.Asset || f.Sighting == nil {
			continue
		}
		if err := r.show(ctx, &found, c.Offer, f, get); err != nil {
			return out, err
		}
	}
	out.Pairs = found.Pairs
	asset, _ := r.library.Asset(c.Asset)
	switch name := explain.AssetName(asset); {
	case c.Kind == screening.Alarm:
		out.Note = r.printer.T("specimens.not_there", "Asset", name)
	case len(out.Pairs) == 0:
		out.Note = r.printer.T("specimens.not_found", "Asset", name)
		p, err := r.unfound(ctx, c.Offer, c.Asset, get)
		out.Pairs = append(out.Pairs, p)
		return out, err
	case c.Kind == screening.Missed:
		out.Note = r.printer.T("specimens.not_enough", "Asset", name)
	}
	return out, nil
}

// unfound is a picture beside the asset that no eye saw in it.
func (r *Report) unfound(ctx context.Context, o listing.Offer, asset string, get screening.Source) (pair, error) {
	asked := shownPicture{Alt: r.printer.T("report.listing_picture")}
	_, protected := r.protected(ctx, asset)
	if len(o.Pictures) == 0 || get == nil {
		return pair{Pictures: []shownPicture{asked, protected}}, nil
	}
	img, err := r.listed(ctx, o.Pictures[0], 0, get)
	asked.Src = inline(img)
	return pair{Pictures: []shownPicture{asked, protected}}, err
}
