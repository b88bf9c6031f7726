package store

import (
	"context"

	"assay/internal/job"
)

// queue takes jobs in the store's transactions.
type queue struct{ store *Store }

// Jobs is the queue of this store. Enqueue joins the transaction of ctx: the
// jobs exist exactly when it commits.
func (s *Store) Jobs() job.Queue { return queue{s} }

func (q queue) Enqueue(ctx context.Context, jobs ...job.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	s := q.store
	tx := s.transaction(ctx)
	if tx == nil {
		return s.Atomic(ctx, func(ctx context.Context) error { return q.Enqueue(ctx, jobs...) })
	}
	insert := func() error { return s.jobs.Insert(ctx, tx.raw, jobs) }
	if tx.alone != nil {
		return s.wrap(ctx, "enqueue", tx.alone(insert))
	}
	return s.wrap(ctx, "enqueue", insert())
}
