// Package job is durable background work. A job is enqueued in the caller's
// transaction, so it exists exactly when what it follows from exists, and it
// may run more than once: handlers are idempotent.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Job is one piece of work to do.
type Job struct {
	Kind     string          // at least two letters, e.g. "listing.screen"
	Args     json.RawMessage // ids, never bulk data
	Unique   string          // when set: no second job of this kind and key waits or runs at the same time
	Priority int             // 1 (soonest) to 4; 0 means 2
	After    time.Time       // not before; zero: now
	Attempts int             // tries before it is given up; 0 means 8
}

// Make builds a job from arguments that JSON can carry.
func Make(kind, unique string, args any) Job {
	b, err := json.Marshal(args)
	if err != nil { // arguments are plain structs of ours
		panic(err)
	}
	return Job{Kind: kind, Args: b, Unique: unique}
}

// Queue takes work. Enqueue joins the transaction that ctx carries.
type Queue interface {
	Enqueue(ctx context.Context, jobs ...Job) error
}

// Handler does one job. An error makes it run again later with growing
// pauses; Stop(err) gives it up at once.
type Handler func(ctx context.Context, args json.RawMessage) error

type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

// Stop marks an error after which trying again is useless.
func Stop(err error) error { return stop{err} }

// Stopped reports whether err was marked by Stop.
func Stopped(err error) bool { var s stop; return errors.As(err, &s) }

// Counts is the state of the queue, for pages, metrics and tests.
type Counts struct {
	Waiting, Running, Failed, Done int
}

type lastTry struct{}

// MarkLastTry tells a handler through its context that no further try follows.
func MarkLastTry(ctx context.Context) context.Context { return context.WithValue(ctx, lastTry{}, true) }

// LastTry reports whether the running handler will not be tried again when it
// fails, so that it can settle what it works on as failed instead.
func LastTry(ctx context.Context) bool { v, _ := ctx.Value(lastTry{}).(bool); return v }
