package enforcement

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"assay/internal/job"
)

const (
	shopStep = 500 // listings moved in one transaction
	tendStep = 100 // shops looked after in one round
)

// Shop handles ShopJob. Each step is one transaction that asks anew what the
// shop may do, so a job that is lost half-way, or overtaken by the next change,
// comes to the same end when it runs again.
func (l *Ladder) Shop(ctx context.Context, raw json.RawMessage) error {
	var args ShopArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return job.Stop(fmt.Errorf("arguments of %s: %w", ShopJob, err))
	}
	for {
		n := 0
		err := l.Store.Atomic(ctx, func(ctx context.Context) error {
			if _, err := l.Store.LockRecord(ctx, args.SellerID); err != nil { // no change of status meanwhile
				return err
			}
			s, err := l.Store.Seller(ctx, args.SellerID)
			if err != nil {
				return err
			}
			move := l.Store.ResumePaused
			if Shut(s.Status) {
				move = l.Store.PauseLive
			}
			n, err = move(ctx, s.ID, args.From, args.Before, shopStep, l.Now())
			return err
		})
		if err != nil || n < shopStep {
			return err
		}
	}
}

// Tend handles TendJob: suspensions that end, penalties that expire, and shops
// whose listings do not fit their status, because somebody else has changed it.
func (l *Ladder) Tend(ctx context.Context, _ json.RawMessage) error {
	for {
		due, err := l.Store.DueRecords(ctx, l.Now(), tendStep)
		if err != nil {
			return err
		}
		for _, id := range due {
			if err := l.Refresh(ctx, id); err != nil {
				return fmt.Errorf("tend the shop %s: %w", id, err)
			}
		}
		if len(due) < tendStep {
			break
		}
	}
	stray, err := l.Store.StrayShops(ctx, tendStep)
	if err != nil {
		return err
	}
	for _, id := range stray {
		err := l.Store.Atomic(ctx, func(ctx context.Context) error {
			r, err := l.Store.LockRecord(ctx, id)
			if err != nil {
				return err
			}
			r.Version++
			r.UpdatedAt = l.Now()
			if err := l.Store.PutRecord(ctx, r); err != nil {
				return err
			}
			return l.Queue.Enqueue(ctx, shopJobs(id, r.Version)...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Refresh brings one shop in line with the moment.
func (l *Ladder) Refresh(ctx context.Context, sellerID string) error {
	return l.Store.Atomic(ctx, func(ctx context.Context) error {
		b, err := l.begin(ctx, sellerID)
		if err != nil {
			return err
		}
		return l.finish(ctx, b)
	})
}

// TendEvery is how often TendJob should run.
const TendEvery = time.Minute
