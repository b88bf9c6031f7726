package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/notice"
	"assay/internal/registry"
)

type noticesView struct {
	Rows     []noticeRow
	Accuracy *notice.Accuracy
	States   []choice
	Text     string
	Next     string
	Writes   bool
	Filtered bool
}

type noticeRow struct {
	notice.Row
	Holder, Brand string
	Listings      int // that are asked about
	Accepted      int
	Refused       int
}

// noticeView is a notice with its lines.
type noticeView struct {
	notice.Notice
	Counts notice.Counts
	Items  []notice.Item
	Brand  registry.Brand
	Right  registry.Right
	Holder registry.RightsHolder
	Writes bool
	Mends  bool // can be completed
	Ends   bool // can be withdrawn
	Next   string
}

// noticeForm is a notice as it is being written.
type noticeForm struct {
	notice.Notice
	Kinds    []notice.Kind
	Profiles []notice.Profile
	Brands   []registry.Brand
	Rights   []rightChoice
	Holders  []registry.RightsHolder // on whose behalf staff may enter it
	Staff    bool
	Lack     map[string]*fault.Field
}

type rightChoice struct {
	registry.Right
	Brand string
}

// noticeLines is how many lines of a notice one page shows.
const noticeLines = 200

func (c *Console) theNotice(r *http.Request) (notice.Notice, error) {
	n, err := c.Notices.Store.Notice(r.Context(), r.PathValue("id"))
	if err == nil && !who(r).MaySeeNotice(n) {
		return notice.Notice{}, hidden()
	}
	return n, err
}

func (c *Console) noticesPage(w http.ResponseWriter, r *http.Request) error {
	q, ctx, p := r.URL.Query(), r.Context(), who(r)
	v := noticesView{Text: q.Get("text"), Writes: p.Can(access.NoticeWrite), Filtered: q.Get("text") != "" || q.Get("state") != ""}
	f := notice.Filter{State: notice.State(q.Get("state")), Query: v.Text, After: q.Get("after"), Limit: 50}
	p.ScopeNotices(&f)
	rows, next, err := c.Notices.Store.Notices(ctx, f)
	if err != nil {
		return err
	}
	holders, brands := newLookup(c.Store.Holder), newLookup(c.Store.Brand)
	for _, row := range rows {
		h, err := holders.row(ctx, row.HolderID)
		if err != nil {
			return err
		}
		b, err := brands.row(ctx, row.BrandID)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, noticeRow{row, h.Name, b.Name, asked(row.Counts), row.Counts[notice.Accepted], row.Counts[notice.Refused]})
	}
	for _, s := range notice.States {
		v.States = append(v.States, choice{string(s), c.say(r, "notice.state."+string(s)), s == f.State})
	}
	if org, limited := p.HolderScope(); limited {
		a, err := c.Notices.AccuracyOf(ctx, notice.Notice{HolderID: org}.Notifier())
		if err != nil {
			return err
		}
		v.Accuracy = &a
	}
	if next != "" {
		q.Set("after", next)
		v.Next = "/notices?" + q.Encode()
	}
	return c.show(w, r, http.StatusOK, "notices", "notice.title", v)
}

// asked is how many listings a notice is about.
func asked(n notice.Counts) int {
	return n[notice.Waiting] + n[notice.Accepted] + n[notice.Refused] + n[notice.Retired]
}

// newNotice is the empty form, with what is known of the writer filled in.
func (c *Console) newNotice(w http.ResponseWriter, r *http.Request) error {
	p := who(r)
	n := notice.Notice{Kind: notice.Kind(r.URL.Query().Get("kind")), BrandID: r.URL.Query().Get("brand"), Lines: r.URL.Query().Get("listing"), Profile: notice.General}
	if org, limited := p.HolderScope(); limited {
		n.HolderID, n.Contact.Name = org, p.Name
		h, err := maybe(c.Store.Holder(r.Context(), org))
		if err != nil {
			return err
		}
		n.Contact.Email, n.Contact.Organisation = h.Email, h.Name
	}
	return c.showNoticeForm(w, r, http.StatusOK, n)
}

// chooseOnly chooses the brand, and its right, of somebody who has but one.
func (f *noticeForm) chooseOnly() {
	if f.Notice.BrandID == "" && len(f.Brands) == 1 && !f.Staff {
		f.Notice.BrandID = f.Brands[0].ID
	}
	var own []string
	for _, x := range f.Rights {
		if x.BrandID == f.Notice.BrandID {
			own = append(own, x.ID)
		}
	}
	if f.Notice.RightID == "" && len(own) == 1 {
		f.Notice.RightID = own[0]
	}
}

func (c *Console) showNoticeForm(w http.ResponseWriter, r *http.Request, status int, n notice.Notice) error {
	v := noticeForm{Notice: n, Kinds: notice.Kinds, Profiles: notice.Profiles, Staff: who(r).Staff(), Lack: fieldsOfForm(n.Missing)}
	var err error
	if v.Brands, err = c.brandsOf(r); err != nil {
		return err
	}
	names := map[string]string{}
	for _, b := range v.Brands {
		names[b.ID] = b.Name
	}
	f := registry.Filter{Limit: 500}
	who(r).ScopeRegistry(&f)
	rights, err := c.Store.Rights(r.Context(), f)
	if err != nil {
		return err
	}
	for _, x := range rights {
		if x.InForce(c.today()) {
			v.Rights = append(v.Rights, rightChoice{x, names[x.BrandID]})
		}
	}
	if n.ID == "" && len(n.Missing) == 0 {
		v.chooseOnly()
	}
	if v.Staff {
		if v.Holders, err = c.Store.Holders(r.Context(), registry.Filter{Limit: 500}); err != nil {
			return err
		}
	}
	title := "notice.new"
	if n.ID != "" {
		title = "notice.complete"
	}
	return c.show(w, r, status, "noticeform", title, v)
}

// noticeOf reads the form of a notice, over the one that it changes.
func (c *Console) noticeOf(r *http.Request, old notice.Notice) (notice.Notice, error) {
	if err := r.ParseForm(); err != nil {
		return old, fault.Wrap(err, fault.Invalid, "the form cannot be read")
	}
	f, p := r.PostForm, who(r)
	n := notice.Notice{ID: old.ID, Kind: notice.Kind(f.Get("kind")), Profile: notice.Profile(f.Get("profile")), HolderID: f.Get("holder_id"), BrandID: f.Get("brand_id"),
		RightID: f.Get("right_id"), Owner: f.Get("owner"), Work: f.Get("work"), Facts: f.Get("facts"), Lines: strings.ReplaceAll(f.Get("lines"), "\r\n", "\n"),
		Contact:  notice.Contact{Name: f.Get("name"), Email: f.Get("email"), Organisation: f.Get("organisation"), Phone: f.Get("phone"), Address: f.Get("address")},
		Declared: notice.Declared{GoodFaith: f.Get("good_faith") == "yes", Accurate: f.Get("accurate") == "yes", Authority: f.Get("authority") == "yes", Signature: f.Get("signature")},
		Door:     "console", OnBehalf: p.Staff()}
	if org, limited := p.HolderScope(); limited {
		n.HolderID = org
	}
	if old.ID != "" {
		n.HolderID, n.Door, n.OnBehalf = old.HolderID, old.Door, old.OnBehalf
		n.Version, _ = strconv.Atoi(f.Get("version"))
	}
	return n, nil
}

func (c *Console) createNotice(w http.ResponseWriter, r *http.Request) error {
	return c.takeNotice(w, r, notice.Notice{})
}

func (c *Console) completeNotice(w http.ResponseWriter, r *http.Request) error {
	old, err := c.theNotice(r)
	if err != nil {
		return err
	}
	return c.takeNotice(w, r, old)
}

// takeNotice keeps what was written as a draft, or sends it. The button says which.
func (c *Console) takeNotice(w http.ResponseWriter, r *http.Request, old notice.Notice) error {
	n, err := c.noticeOf(r, old)
	if err != nil {
		return err
	}
	by := actor(r)
	if r.PostForm.Get("do") == "draft" {
		kept, err := c.Notices.Save(r.Context(), n, by)
		if err != nil {
			return c.backToNotice(w, r, n.ID, "", nil, err)
		}
		return c.backToNotice(w, r, kept.ID, "notice.kept", nil, nil)
	}
	sent, err := c.Notices.Send(r.Context(), n, by)
	switch {
	case fault.Is(err, fault.Forbidden):
		n.Missing = []fault.Field{{Path: "lines", Code: "too_many_listings", Message: safeMessage(err)}}
		c.flashLater(r, flash{Kind: "review", Key: "notice.too_many"})
		return c.showNoticeForm(w, r, http.StatusUnprocessableEntity, n)
	case err != nil:
		return c.backToNotice(w, r, n.ID, "", nil, err)
	case sent.State == notice.Incomplete:
		return c.backToNotice(w, r, sent.ID, "notice.sent.incomplete", nil, nil)
	}
	return c.backToNotice(w, r, sent.ID, "notice.sent", []any{strconv.FormatInt(sent.Number, 10)}, nil)
}

// backToNotice goes on to the page of a notice; a conflict is said there.
func (c *Console) backToNotice(w http.ResponseWriter, r *http.Request, id, done string, args []any, err error) error {
	switch {
	case fault.Is(err, fault.Conflict) && id != "":
		c.flashLater(r, flash{Kind: "review", Key: "notice.conflict"})
	case err != nil:
		return err
	default:
		kind := "pass"
		if done == "notice.sent.incomplete" {
			kind = "review"
		}
		c.flashLater(r, flash{Kind: kind, Key: done, Args: args})
	}
	http.Redirect(w, r, "/notices/"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

func (c *Console) noticePage(w http.ResponseWriter, r *http.Request) error {
	n, err := c.theNotice(r)
	if err != nil {
		return err
	}
	writes := who(r).MayWriteNotice(n)
	if writes && (n.State == notice.Draft || n.State == notice.Incomplete) {
		return c.showNoticeForm(w, r, http.StatusOK, n)
	}
	v := noticeView{Notice: n, Writes: writes, Ends: writes && (n.State == notice.Open || n.State == notice.Done)}
	ctx := r.Context()
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	if v.Items, err = c.Notices.Store.Items(ctx, n.ID, after, noticeLines+1); err != nil {
		return err
	}
	if len(v.Items) > noticeLines {
		v.Items = v.Items[:noticeLines]
		v.Next = "?after=" + strconv.Itoa(v.Items[noticeLines-1].Line)
	}
	if v.Counts, err = c.Notices.Store.CountItems(ctx, n.ID); err != nil {
		return err
	}
	if v.Brand, err = maybe(c.Store.Brand(ctx, n.BrandID)); err != nil {
		return err
	}
	if v.Right, err = maybe(c.Store.Right(ctx, n.RightID)); err != nil {
		return err
	}
	if v.Holder, err = maybe(c.Store.Holder(ctx, n.HolderID)); err != nil {
		return err
	}
	return c.showTitled(w, r, http.StatusOK, "notice", c.say(r, "notice.one", "Number", n.Number), v)
}

func (c *Console) withdrawNotice(w http.ResponseWriter, r *http.Request) error {
	n, err := c.theNotice(r)
	if err != nil {
		return err
	}
	if n.State == notice.Draft {
		if err := c.Notices.Store.DeleteDraft(r.Context(), n.ID); err != nil {
			return err
		}
		c.flashLater(r, flash{Kind: "pass", Key: "notice.discarded"})
		http.Redirect(w, r, "/notices", http.StatusSeeOther)
		return nil
	}
	_, err = c.Notices.Withdraw(r.Context(), n.ID, nil, actor(r))
	return c.backToNotice(w, r, n.ID, "notice.withdrawn", nil, err)
}

// complaint is what a notice says about the listing of a case.
type complaint struct {
	notice.Notice
	Item     notice.Item
	Holder   string
	Accuracy notice.Accuracy
}

// caseNotices are what notices say about a case's listing.
func (c *Console) caseNotices(r *http.Request, v *caseView) error {
	if v.Case.Source != casefile.FromNotice || !who(r).Can(access.NoticeRead) {
		return nil
	}
	ctx := r.Context()
	items, err := c.Notices.Store.ItemsOfCase(ctx, v.Case.ID)
	if err != nil {
		return err
	}
	holders := newLookup(c.Store.Holder)
	for _, it := range items[:min(len(items), 20)] {
		n, err := c.Notices.Store.Notice(ctx, it.NoticeID)
		if err != nil {
			return err
		}
		if !who(r).MaySeeNotice(n) {
			continue
		}
		h, err := holders.row(ctx, n.HolderID)
		if err != nil {
			return err
		}
		a, err := c.Notices.AccuracyOf(ctx, n.Notifier())
		if err != nil {
			return err
		}
		v.Complaints = append(v.Complaints, complaint{n, it, h.Name, a})
	}
	return nil
}
