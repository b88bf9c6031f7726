package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assay/internal/casefile"
	"assay/internal/explain"
	"assay/internal/fault"
	"assay/internal/message"
	"assay/internal/similar"
	"assay/internal/verdict"
)

// similarPage is how many listings of a group one page shows.
const similarPage = 60

// similarView is a group of goods that are decided together.
type similarView struct {
	Group    similar.Group
	Counts   similar.Counts
	Members  []memberView
	Filters  []similarFilter
	Show     string // "", "apart", "problems", or a reason
	Choosing bool
	Most     int
	Grounds  []groundSet
	Next     string
}

type similarFilter struct {
	Href, Label string
	Count       int
	Current     bool
}

// memberView is one listing of a group, laid out.
type memberView struct {
	similar.Member
	Seller string
	Fixed  bool // cannot be taken in
	Marked []explain.Segment
	Whys   []whyView
	State  string // message key of what became of it, "" as long as nothing did
	Kind   string // of the badge
}

type whyView struct {
	similar.Why
	Says string // how near, "" when the code says it all
}

// theGroup reads the group of the request's path for its reader.
func (c *Console) theGroup(r *http.Request) (similar.Group, error) {
	g, err := c.Similar.Store.Group(r.Context(), r.PathValue("id"))
	if err != nil {
		return g, err
	}
	k, err := c.Store.Case(r.Context(), g.CaseID)
	if err == nil && !who(r).MaySeeCase(k) {
		err = hidden()
	}
	return g, err
}

// findSimilar makes a group of the goods like those of a case, or goes on with
// the one that is there.
func (c *Console) findSimilar(w http.ResponseWriter, r *http.Request) error {
	k, err := c.theCase(r)
	if err != nil {
		return err
	}
	g, err := c.Similar.Begin(r.Context(), k.ID, actor(r))
	if err != nil {
		return c.backToCase(w, r, k.ID, err)
	}
	http.Redirect(w, r, "/similar/"+url.PathEscape(g.ID), http.StatusSeeOther)
	return nil
}

func (c *Console) similarPage(w http.ResponseWriter, r *http.Request) error {
	g, err := c.theGroup(r)
	if err != nil {
		return err
	}
	v := similarView{Group: g, Show: r.URL.Query().Get("show"), Choosing: g.State == similar.Choosing, Most: c.Similar.Limits[string(who(r).Role)], Grounds: grounds()}
	f := similar.MemberFilter{Apart: v.Show == "apart", Problems: v.Show == "problems", Limit: similarPage + 1}
	if slices.Contains(similar.Codes, v.Show) {
		f.Why = v.Show
	}
	f.After, _ = strconv.Atoi(r.URL.Query().Get("after"))
	list, err := c.Similar.Store.Members(r.Context(), g.ID, f)
	if err != nil {
		return err
	}
	if len(list) > similarPage {
		list = list[:similarPage]
		v.Next = "?" + url.Values{"show": {v.Show}, "after": {strconv.Itoa(list[len(list)-1].Place)}}.Encode()
	}
	if v.Counts, err = c.Similar.Store.CountMembers(r.Context(), g.ID); err != nil {
		return err
	}
	if v.Members, err = c.memberViews(r, list); err != nil {
		return err
	}
	v.Filters = c.similarFilters(r, v)
	return c.showTitled(w, r, http.StatusOK, "similar", c.say(r, "similar.title")+": "+explain.Plain(g.Title), v)
}

// similarFilters are the chips above the listings: all, by reason, apart, left out.
func (c *Console) similarFilters(r *http.Request, v similarView) []similarFilter {
	apart := 0
	for _, n := range v.Counts.ByBar {
		apart += n
	}
	out := []similarFilter{{"?", c.say(r, "similar.all"), v.Counts.Members - apart, v.Show == ""}}
	for _, code := range similar.Codes {
		if n := v.Counts.ByWhy[code]; n > 0 && code != similar.TheCase {
			out = append(out, similarFilter{"?show=" + code, c.say(r, "similar.why."+code), n, v.Show == code})
		}
	}
	if apart > 0 {
		out = append(out, similarFilter{"?show=apart", c.say(r, "similar.apart"), apart, v.Show == "apart"})
	}
	if n := v.Counts.Left + v.Counts.Kept; n > 0 {
		out = append(out, similarFilter{"?show=problems", c.say(r, "similar.problems"), n, v.Show == "problems"})
	}
	return out
}

func (c *Console) memberViews(r *http.Request, list []similar.Member) ([]memberView, error) {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.SellerID
	}
	sellers, err := c.Store.SellersByID(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	out := make([]memberView, len(list))
	for i, m := range list {
		v := memberView{Member: m, Seller: sellers[m.SellerID].Name, Fixed: m.Bar == similar.Down || m.Bar == similar.Left}
		v.Marked = explain.Segments(m.Title, nil)
		for _, why := range m.Whys {
			w := whyView{Why: why}
			switch {
			case why.Code == similar.NearPicture:
				w.Says = c.say(r, "similar.bits", "Distance", why.Distance)
			case why.Code == similar.LikeWords:
				w.Says = c.say(r, "similar.share", "Share", message.For(visitOf(r).lang).Percent(why.Likeness))
			}
			if len(why.Spans) > 0 {
				v.Marked = explain.Segments(m.Title, why.Spans)
			}
			v.Whys = append(v.Whys, w)
		}
		v.State, v.Kind = stateOf(m)
		out[i] = v
	}
	return out, nil
}

// stateOf says what became of a member.
func stateOf(m similar.Member) (key, kind string) {
	switch {
	case m.Undone == similar.Back:
		return "similar.row.back", "pass"
	case m.Undone != "":
		return "similar.problem." + m.Undone, "review"
	case m.Problem != "":
		return "similar.problem." + m.Problem, "review"
	case m.Decision != "":
		return "similar.row.decided", "block"
	}
	return "", ""
}

// selectSimilar keeps the choice of a page, or takes all in or out. Script
// sends one listing at a time and gets the new sums.
func (c *Console) selectSimilar(w http.ResponseWriter, r *http.Request) error {
	g, err := c.theGroup(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	ctx, by := r.Context(), actor(r)
	switch r.PostForm.Get("all") {
	case "in", "out":
		_, err = c.Similar.Select(ctx, g.ID, nil, r.PostForm.Get("all") == "in", by)
	default:
		err = c.choose(ctx, g.ID, r.PostForm, by)
	}
	if err != nil {
		return c.backToGroup(w, r, g.ID, "", err)
	}
	if r.Header.Get("Assay-Fragment") == "" {
		return c.backToGroup(w, r, g.ID, "similar.kept", nil)
	}
	if g, err = c.Similar.Store.Group(ctx, g.ID); err != nil {
		return err
	}
	n, err := c.Similar.Store.CountMembers(ctx, g.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Assay-Version", strconv.Itoa(g.Version))
	return c.showPart(w, r, "similar", "sums", n)
}

// choose takes the listings of a form in or out: those that were shown, as
// they are ticked.
func (c *Console) choose(ctx context.Context, groupID string, form url.Values, by casefile.Actor) error {
	var out []string
	for _, id := range form["shown"] {
		if !slices.Contains(form["in"], id) {
			out = append(out, id)
		}
	}
	if len(form["shown"]) > 2*similarPage || len(form["in"]) > 2*similarPage {
		return fault.New(fault.Invalid, "the form has too many listings")
	}
	for _, step := range []struct {
		ids []string
		in  bool
	}{{form["in"], true}, {out, false}} {
		if len(step.ids) == 0 {
			continue
		}
		if _, err := c.Similar.Select(ctx, groupID, step.ids, step.in, by); err != nil {
			return err
		}
	}
	return nil
}

// decideSimilar decides a group, with what is ticked on the page it comes from.
func (c *Console) decideSimilar(w http.ResponseWriter, r *http.Request) error {
	g, err := c.theGroup(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || r.PostForm.Get("sure") != "yes" {
		return fault.New(fault.Invalid, "the form is not complete")
	}
	outcome, reason, _ := strings.Cut(r.PostForm.Get("answer"), ":")
	a := casefile.Answer{Outcome: verdict.Decision(outcome), Reason: reason, Note: strings.TrimSpace(r.PostForm.Get("note"))}
	if version != g.Version {
		return c.backToGroup(w, r, g.ID, "", fault.New(fault.Conflict, "this group was changed"))
	}
	err = c.Store.Atomic(r.Context(), func(ctx context.Context) error {
		if err := c.choose(ctx, g.ID, r.PostForm, actor(r)); err != nil {
			return err
		}
		now, err := c.Similar.Store.Group(ctx, g.ID)
		if err != nil {
			return err
		}
		a.Version = now.Version
		_, err = c.Similar.Decide(ctx, g.ID, a, actor(r), string(who(r).Role))
		return err
	})
	return c.backToGroup(w, r, g.ID, "similar.done.decided", err)
}

func (c *Console) undoSimilar(w http.ResponseWriter, r *http.Request) error {
	g, err := c.theGroup(r)
	if err != nil {
		return err
	}
	_, err = c.Similar.Undo(r.Context(), g.ID, strings.TrimSpace(r.PostFormValue("note")), actor(r))
	return c.backToGroup(w, r, g.ID, "similar.done.undone", err)
}

// backToGroup shows the group again; a conflict is said there.
func (c *Console) backToGroup(w http.ResponseWriter, r *http.Request, id, done string, err error) error {
	switch {
	case fault.Is(err, fault.Conflict) && r.Header.Get("Assay-Fragment") == "":
		c.flashLater(r, flash{Kind: "review", Key: "similar.conflict"})
	case err != nil:
		return err
	default:
		c.flashLater(r, flash{Kind: "pass", Key: done})
	}
	to := "/similar/" + url.PathEscape(id)
	if at, err := url.Parse(r.PostFormValue("back")); err == nil && done == "similar.kept" {
		back := at.Query()
		to += "?" + url.Values{"show": {back.Get("show")}, "after": {back.Get("after")}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// caseGroups are the groups that were made of a case.
func (c *Console) caseGroups(r *http.Request, v *caseView) (err error) {
	if v.Decides {
		v.Groups, err = c.Similar.Store.GroupsOf(r.Context(), v.Case.ID)
	}
	return err
}
