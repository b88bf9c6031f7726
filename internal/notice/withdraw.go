package notice

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/verdict"
)

// Withdraw takes a notice back, or some of its lines (nil: all). What waits is
// dropped, and what the notice paused is on sale again unless somebody else
// asks about it; what was removed because of it goes to a person, who may put
// it back. Withdrawing again changes nothing.
func (s *Service) Withdraw(ctx context.Context, id string, lines []int, by casefile.Actor) (Notice, error) {
	var n Notice
	err := s.Store.Atomic(ctx, func(ctx context.Context) (err error) {
		if n, err = s.Store.Notice(ctx, id); err != nil {
			return err
		}
		switch n.State {
		case Withdrawn:
			return nil
		case Draft, Lapsed:
			return fault.New(fault.Conflict, "this notice is not taken in")
		}
		items, err := s.Store.Items(ctx, id, 0, MaxLines)
		if err != nil {
			return err
		}
		taken := 0
		for i := range items {
			if lines != nil && !slices.Contains(lines, items[i].Line) || items[i].State != Waiting && items[i].State != Accepted {
				continue
			}
			if err := s.retire(ctx, n, &items[i]); err != nil {
				return err
			}
			taken++
		}
		if err := s.Store.PutItems(ctx, items); err != nil {
			return err
		}
		if err := s.enter(ctx, "notice.withdrawn", n, by, map[string]any{"listings": taken, "whole": lines == nil}); err != nil {
			return err
		}
		if lines != nil {
			return s.settle(ctx, &n, by.ID)
		}
		now := s.Now()
		n.State, n.ClosedAt, n.UpdatedAt, n.Missing, n.RepairBy = Withdrawn, &now, now, nil, nil
		if err := s.Store.PutNotice(ctx, n); err != nil {
			return err
		}
		n.Version++
		return nil
	})
	return n, err
}

// retire takes one line back.
func (s *Service) retire(ctx context.Context, n Notice, it *Item) error {
	was := it.State
	it.State = Retired
	if was == Accepted {
		return s.askBack(ctx, n, *it)
	}
	if it.CaseID == "" {
		return nil
	}
	others, err := s.Store.ItemsOfCase(ctx, it.CaseID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(others, func(o Item) bool {
		return o.State == Waiting && (o.NoticeID != it.NoticeID || o.Line != it.Line)
	}) {
		return nil // somebody else still asks
	}
	c, err := s.Store.Case(ctx, it.CaseID)
	if err != nil {
		return err
	}
	if c.State == casefile.Open {
		c.State, c.UpdatedAt, c.AssigneeID, c.LeaseUntil, c.Hold = casefile.Superseded, s.Now(), "", nil, nil
		if err := s.Store.PutCase(ctx, c); err != nil {
			return err
		}
	}
	return s.release(ctx, it)
}

// release puts a listing on sale that only this notice has paused.
func (s *Service) release(ctx context.Context, it *Item) error {
	if !it.Paused {
		return nil
	}
	if _, err := s.Store.OpenCase(ctx, it.ListingID); !fault.Is(err, fault.NotFound) {
		return err // screening asks about it too: it waits for that answer
	}
	l, err := s.Store.Listing(ctx, it.ListingID)
	if err != nil || l.Status != listing.Held || listing.RevisionID(l.ID, l.Revision) != it.RevisionID {
		return err
	}
	_, err = s.Store.SetStatus(ctx, it.ListingID, l.Revision, listing.Live, s.Now())
	it.Paused = false
	return err
}

// askBack asks a person whether a listing that was removed because of a notice
// stays removed now that the notice is taken back.
func (s *Service) askBack(ctx context.Context, n Notice, it Item) error {
	if _, err := s.Store.OpenCaseOf(ctx, it.ListingID, casefile.FromNotice); !fault.Is(err, fault.NotFound) {
		return err
	}
	before, err := s.Store.Case(ctx, it.CaseID)
	if err != nil {
		return err
	}
	now := s.Now()
	c := casefile.Case{ID: uuid.NewSHA1(uuid.NameSpaceOID, []byte("retracted\x00"+n.ID+"\x00"+it.ListingID)).String(), Source: casefile.FromNotice,
		ListingID: it.ListingID, RevisionID: before.RevisionID, VerdictID: before.VerdictID, SellerID: before.SellerID, BrandID: before.BrandID, HolderID: before.HolderID,
		Title: before.Title, Reason: "notice_retracted", Proposed: verdict.Review, Score: before.Score, Severity: before.Severity, State: casefile.Open, CreatedAt: now, UpdatedAt: now}
	rev, err := s.Store.Revision(ctx, c.RevisionID)
	if err != nil {
		return err
	}
	who, err := s.Store.Seller(ctx, c.SellerID)
	if err != nil {
		return err
	}
	if c, err = s.Reception.Receive(ctx, c, casefile.Facts{Offer: rev.Offer, Country: who.Country}); err != nil {
		return err
	}
	return s.Store.PutCase(ctx, c)
}

// TendJob closes notices that were never completed.
const TendJob = "notice.tend"

// TendEvery is how often that is looked at.
const TendEvery = time.Hour

// Tend handles TendJob.
func (s *Service) Tend(ctx context.Context, _ json.RawMessage) error {
	for {
		list, err := s.Store.Overdue(ctx, s.Now(), 100)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, n := range list {
			err := s.Store.Atomic(ctx, func(ctx context.Context) error {
				now := s.Now()
				n.State, n.ClosedAt, n.UpdatedAt = Lapsed, &now, now
				if err := s.Store.PutNotice(ctx, n); err != nil {
					return err
				}
				return s.enter(ctx, "notice.lapsed", n, casefile.Actor{ID: "system"}, nil)
			})
			if err != nil && !fault.Is(err, fault.Conflict) { // completed just now
				return err
			}
		}
	}
}
