package storetest

import (
	"context"
	"errors"
	"testing"

	"assay/internal/fault"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/listing"
	"assay/internal/seller"
)

var atomicTests = map[string]func(*testing.T, *kit){
	"commit leaves rows and jobs":     atomicCommit,
	"error leaves neither":            atomicError,
	"panic leaves neither":            atomicPanic,
	"nested joins":                    atomicNested,
	"nested error takes back its own": atomicNestedError,
	"a failed statement is not lost":  atomicFailed,
	"reads see own writes":            atomicReads,
	"end of context":                  atomicContext,
}

var errBack = errors.New("take it back")

// some writes a row and a job in the transaction of ctx.
func (k *kit) some(ctx context.Context, id string) error {
	if _, err := k.PutSeller(ctx, seller.Seller{ID: id}); err != nil {
		return err
	}
	return k.Jobs().Enqueue(ctx, job.Make("some.job", "", id))
}

// left wants this many sellers and jobs.
func (k *kit) left(want int) {
	k.t.Helper()
	runner, err := river.New(k.Store, river.Options{Handlers: map[string]job.Handler{"some.job": nothing}})
	k.must(err)
	rows, jobs := len(got[[]seller.Seller](k)(k.Sellers(k.ctx, seller.Filter{}))), got[job.Counts](k)(runner.Counts(k.ctx)).Waiting
	if rows != want || jobs != want {
		k.t.Fatalf("%d rows and %d jobs, want %d of each", rows, jobs, want)
	}
}

func atomicCommit(t *testing.T, k *kit) {
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		if err := k.some(ctx, "a"); err != nil {
			return err
		}
		return k.some(ctx, "b")
	}))
	k.left(2)
	k.must(k.some(k.ctx, "c")) // outside: each in a transaction of its own
	k.left(3)
}

func atomicError(t *testing.T, k *kit) {
	for range 3 {
		err := k.Atomic(k.ctx, func(ctx context.Context) error {
			k.must(k.some(ctx, "a"))
			return errBack
		})
		if !errors.Is(err, errBack) {
			t.Fatalf("got %v", err)
		}
		k.left(0)
	}
}

func atomicPanic(t *testing.T, k *kit) {
	func() {
		defer func() {
			if recover() != "over" {
				t.Error("the panic was lost")
			}
		}()
		_ = k.Atomic(k.ctx, func(ctx context.Context) error {
			k.must(k.some(ctx, "a"))
			panic("over")
		})
	}()
	k.left(0)
	k.must(k.some(k.ctx, "a")) // the connection is free again
	k.left(1)
}

func atomicNested(t *testing.T, k *kit) {
	err := k.Atomic(k.ctx, func(ctx context.Context) error {
		k.must(k.Atomic(ctx, func(ctx context.Context) error { return k.some(ctx, "a") }))
		return errBack
	})
	if !errors.Is(err, errBack) {
		t.Fatalf("got %v", err)
	}
	k.left(0)
}

func atomicNestedError(t *testing.T, k *kit) {
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		k.must(k.some(ctx, "a"))
		err := k.Atomic(ctx, func(ctx context.Context) error {
			k.must(k.Atomic(ctx, func(ctx context.Context) error { return k.some(ctx, "b") }))
			if _, err := k.PutSeller(ctx, seller.Seller{ID: "a", Name: "changed"}); err != nil {
				return err
			}
			return errBack
		})
		if !errors.Is(err, errBack) {
			t.Errorf("got %v", err)
		}
		return k.some(ctx, "c")
	}))
	k.left(2)
	if s := got[seller.Seller](k)(k.Seller(k.ctx, "a")); s.Name != "" {
		t.Fatalf("the inner change stayed: %+v", s)
	}
}

// What a statement of the engine refused is refused as a whole, also when the
// caller looks away, but for a part of its own.
func atomicFailed(t *testing.T, k *kit) {
	problem := []listing.RowProblem{{FeedID: "none", Line: 1}}
	err := k.Atomic(k.ctx, func(ctx context.Context) error {
		k.must(k.some(ctx, "a"))
		_ = k.AddProblems(ctx, problem)
		return nil
	})
	if err == nil {
		t.Fatal("committed in spite of a failed statement")
	}
	k.left(0)
	k.must(k.Atomic(k.ctx, func(ctx context.Context) error {
		k.must(k.some(ctx, "a"))
		err := k.Atomic(ctx, func(ctx context.Context) error { return k.AddProblems(ctx, problem) })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
		return nil
	}))
	k.left(1)
}

func atomicReads(t *testing.T, k *kit) {
	_ = k.Atomic(k.ctx, func(ctx context.Context) error {
		k.must(k.some(ctx, "a"))
		if _, err := k.Seller(ctx, "a"); err != nil {
			t.Errorf("inside: %v", err)
		}
		if _, err := k.Seller(k.ctx, "a"); !fault.Is(err, fault.NotFound) {
			t.Errorf("outside, before the commit: %v", err)
		}
		return errBack
	})
}

func atomicContext(t *testing.T, k *kit) {
	ctx, cancel := context.WithCancel(k.ctx)
	err := k.Atomic(ctx, func(ctx context.Context) error {
		k.must(k.some(ctx, "a"))
		cancel()
		_, err := k.PutSeller(ctx, seller.Seller{ID: "b"})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("want the cancellation itself, got %v", err)
	}
	for name, err := range map[string]error{
		"read":   func() error { _, err := k.Seller(ctx, "a"); return err }(),
		"write":  func() error { _, err := k.PutSeller(ctx, seller.Seller{ID: "b"}); return err }(),
		"atomic": k.Atomic(ctx, func(context.Context) error { return nil }),
	} {
		if !errors.Is(err, context.Canceled) || fault.CodeOf(err) != fault.Internal {
			t.Errorf("%s: want the cancellation itself, got %v", name, err)
		}
	}
	k.left(0)
	k.must(k.some(k.ctx, "a"))
	k.left(1)
}
