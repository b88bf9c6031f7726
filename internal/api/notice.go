package api

import (
	"context"
	"net/http"

	"assay/internal/access"
	"assay/internal/fault"
	"assay/internal/notice"
	"assay/internal/registry"
)

// NoticeIn is a notice as it is sent.
type NoticeIn struct {
	Kind     notice.Kind     `json:"kind" enum:"counterfeit,trademark_in_text,mark_in_picture,stolen_photograph,false_affiliation,design,patent,copyright,other"`
	Profile  notice.Profile  `json:"profile,omitempty" enum:"general,eu,us" doc:"Law whose demands the notice must meet; general when it is left out."`
	HolderID string          `json:"holder_id,omitempty" maxLength:"100" doc:"Whose complaint it is. Rights holders leave it out; the marketplace's own people say on whose behalf they enter it, or leave it out for somebody without an account."`
	BrandID  string          `json:"brand_id,omitempty" maxLength:"100"`
	RightID  string          `json:"right_id,omitempty" maxLength:"100" doc:"The right that is infringed. It must be in force and of the brand."`
	Owner    string          `json:"owner,omitempty" maxLength:"2000" doc:"Which right it is, and whose, where it is not in the registry."`
	Work     string          `json:"work,omitempty" maxLength:"2000" doc:"The work and where the original can be seen; for photographs and other works."`
	Facts    string          `json:"facts,omitempty" maxLength:"8000" doc:"What is wrong, and how one can see it."`
	Lines    []string        `json:"listings" maxItems:"1000" doc:"Addresses, or ids, of listings. One that cannot be read loses no other."`
	Contact  notice.Contact  `json:"contact"`
	Declared notice.Declared `json:"declared"`
	Draft    bool            `json:"draft,omitempty" doc:"Only keep it; nothing is checked."`
	Version  int             `json:"version,omitempty" doc:"When a notice is completed: its version as you read it."`
}

// NoticeShown is a notice with the state of its listings.
type NoticeShown struct {
	notice.Notice
	Counts notice.Counts `json:"counts" doc:"Listings by state."`
}

// NoticeChecked is what a notice would lack.
type NoticeChecked struct {
	Missing []fault.Field `json:"missing" doc:"Empty when it is complete."`
	Items   []notice.Item `json:"items" doc:"What each line names, or why it names nothing."`
}

// WithdrawIn says what of a notice is taken back.
type WithdrawIn struct {
	Lines []int `json:"lines,omitempty" maxItems:"1000" doc:"These lines; leave it out for the whole notice."`
}

type noticeTurn struct {
	Turn
	State    notice.State `query:"state" enum:"draft,incomplete,open,done,withdrawn,lapsed"`
	Kind     notice.Kind  `query:"kind" maxLength:"40"`
	HolderID string       `query:"holder" maxLength:"100" doc:"Notices of one rights holder."`
	BrandID  string       `query:"brand" maxLength:"100" doc:"Notices about one brand."`
	Query    string       `query:"q" maxLength:"200" doc:"The number, or part of what is said."`
}

type itemTurn struct {
	ID    string `path:"id" maxLength:"100" doc:"Id of the notice."`
	After int    `query:"after" minimum:"0" doc:"The last line of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type completingNotice struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the notice."`
	Body NoticeIn
}

type withdrawing struct {
	ID   string `path:"id" maxLength:"100" doc:"Id of the notice."`
	Body WithdrawIn
}

func (a *API) registerNotices() {
	const tag = "Notices"
	read, write := way{permission: access.NoticeRead}, way{permission: access.NoticeWrite}
	handle(a, deed("list-notices", http.MethodGet, "/notices", tag, "List notices", "The newest first. Rights holders see their own.", read), a.listNotices)
	handle(a, deed("check-notice", http.MethodPost, "/notices/check", tag, "Check a notice", "Says what it would lack, field by field, and what each line names. Nothing is kept.", write),
		func(ctx context.Context, in *struct{ Body NoticeIn }) (*answered[NoticeChecked], error) {
			missing, items, err := a.d.Notices.Lacks(ctx, in.Body.notice(me(ctx)))
			if missing == nil {
				missing = []fault.Field{}
			}
			return answerWith(NoticeChecked{missing, items}, err)
		})
	handle(a, deed("post-notice", http.MethodPost, "/notices", tag, "Send a notice",
		"About up to 1,000 listings. It gets its number at once. What is missing comes back field by field in missing, to be completed within seven days; "+
			"a complete notice becomes a case for each listing. The same notice again while the first is open gives the first.", way{permission: access.NoticeWrite, replays: true, status: http.StatusCreated, long: true}),
		func(ctx context.Context, in *struct{ Body NoticeIn }) (*answered[NoticeShown], error) {
			return answerWith(a.sendNotice(ctx, in.Body.notice(me(ctx)), in.Body.Draft))
		})
	handle(a, deed("get-notice", http.MethodGet, "/notices/{id}", tag, "Read a notice", "", read),
		func(ctx context.Context, in *byID) (*answered[NoticeShown], error) {
			n, err := a.theNotice(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answerWith(a.noticeShown(ctx, n))
		})
	handle(a, deed("put-notice", http.MethodPut, "/notices/{id}", tag, "Complete a notice", "A draft, or one of which something was missing. Send it whole.",
		way{permission: access.NoticeWrite, long: true}), a.completeNotice)
	handle(a, deed("list-notice-items", http.MethodGet, "/notices/{id}/items", tag, "List the lines of a notice", "Each with what it names and what became of it.", read), a.listNoticeItems)
	handle(a, deed("withdraw-notice", http.MethodPost, "/notices/{id}/withdrawal", tag, "Withdraw a notice",
		"What waits is dropped; what was removed because of the notice goes to a person.", write),
		func(ctx context.Context, in *withdrawing) (*answered[NoticeShown], error) {
			if _, err := a.theNotice(ctx, in.ID); err != nil {
				return nil, err
			}
			n, err := a.d.Notices.Withdraw(ctx, in.ID, in.Body.Lines, actor(ctx))
			if err != nil {
				return nil, err
			}
			return answerWith(a.noticeShown(ctx, n))
		})
	handle(a, deed("get-notice-accuracy", http.MethodGet, "/holders/{id}/accuracy", tag, "Read how a rights holder's notices were decided",
		"Of the last 90 days, with the interval in which the true share lies with 95 %, and the tier that follows.", read), a.accuracy)
}

// notice is what was sent, as p sends it.
func (in NoticeIn) notice(p access.Principal) notice.Notice {
	n := notice.Notice{Kind: in.Kind, Profile: in.Profile, HolderID: in.HolderID, BrandID: in.BrandID, RightID: in.RightID, Owner: in.Owner, Work: in.Work, Facts: in.Facts,
		Contact: in.Contact, Declared: in.Declared, Version: in.Version, Door: "api", OnBehalf: p.Staff()}
	for _, line := range in.Lines {
		n.Lines += line + "\n"
	}
	if org, limited := p.HolderScope(); limited {
		n.HolderID = org
	}
	return n
}

func (a *API) sendNotice(ctx context.Context, n notice.Notice, draft bool) (NoticeShown, error) {
	send := a.d.Notices.Send
	if draft {
		send = a.d.Notices.Save
	}
	n, err := send(ctx, n, actor(ctx))
	if err != nil {
		return NoticeShown{}, err
	}
	return a.noticeShown(ctx, n)
}

// theNotice reads a notice that the caller may see; others are not there for him.
func (a *API) theNotice(ctx context.Context, id string) (notice.Notice, error) {
	n, err := a.d.Notices.Store.Notice(ctx, id)
	if err != nil {
		return n, absent(err, "notice", id)
	}
	if !me(ctx).MaySeeNotice(n) {
		return notice.Notice{}, noSuch("notice", id)
	}
	return n, nil
}

func (a *API) noticeShown(ctx context.Context, n notice.Notice) (NoticeShown, error) {
	counts, err := a.d.Notices.Store.CountItems(ctx, n.ID)
	return NoticeShown{n, counts}, err
}

func (a *API) completeNotice(ctx context.Context, in *completingNotice) (*answered[NoticeShown], error) {
	old, err := a.theNotice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	n := in.Body.notice(me(ctx))
	n.ID, n.Door, n.OnBehalf = old.ID, old.Door, old.OnBehalf
	if me(ctx).Staff() {
		n.HolderID = old.HolderID
	}
	return answerWith(a.sendNotice(ctx, n, in.Body.Draft))
}

func (a *API) listNotices(ctx context.Context, in *noticeTurn) (*answered[Page[notice.Row]], error) {
	f := notice.Filter{State: in.State, Kind: in.Kind, HolderID: in.HolderID, BrandID: in.BrandID, Query: in.Query, After: in.After, Limit: in.Limit}
	me(ctx).ScopeNotices(&f)
	rows, next, err := a.d.Notices.Store.Notices(ctx, f)
	return answerWith(Page[notice.Row]{Items: rows, Next: next}, err)
}

func (a *API) listNoticeItems(ctx context.Context, in *itemTurn) (*answered[Page[notice.Item]], error) {
	if _, err := a.theNotice(ctx, in.ID); err != nil {
		return nil, err
	}
	rows, err := a.d.Notices.Store.Items(ctx, in.ID, in.After, in.Limit)
	return answerWith(Page[notice.Item]{Items: rows}, err)
}

func (a *API) accuracy(ctx context.Context, in *byID) (*answered[notice.Accuracy], error) {
	h, err := a.d.Store.Holder(ctx, in.ID)
	if err != nil {
		return nil, absent(err, "holder", in.ID)
	}
	if !me(ctx).MaySeeHolder(registry.RightsHolder{ID: h.ID}) {
		return nil, noSuch("holder", in.ID)
	}
	return answerWith(a.d.Notices.AccuracyOf(ctx, notice.Notice{HolderID: h.ID}.Notifier()))
}
