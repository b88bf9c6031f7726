package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/enforcement"
	"assay/internal/fault"
	"assay/internal/hearing"
	"assay/internal/job"
	"assay/internal/job/river"
	"assay/internal/listing/fetch"
	"assay/internal/listing/intake"
	"assay/internal/notice"
	"assay/internal/registry"
	"assay/internal/screening"
	"assay/internal/search"
	"assay/internal/signal/outside"
	"assay/internal/similar"
	"assay/internal/store"
	"assay/internal/trial"
	"assay/internal/verdict"
	"assay/internal/verdict/policy"
)

// storage is where a command finds the data.
type storage struct {
	Database string `help:"sqlite:FILE or postgres://..." default:"sqlite:assay.db" env:"ASSAY_DATABASE" placeholder:"URL"`
	Blobs    string `help:"Pictures and documents: file:DIR, s3:BUCKET?region=... or mem:" default:"file:assay-blobs" env:"ASSAY_BLOBS" placeholder:"URL"`
	holidays
}

// app is the program put together: the only place that sees everything.
type app struct {
	log      *slog.Logger
	store    *store.Store
	blobs    *blob.Store
	gate     *access.Gate
	keeper   *registry.Keeper
	desk     *casefile.Desk
	ladder   *enforcement.Ladder
	clerk    *hearing.Clerk
	similar  *similar.Service
	notices  *notice.Service
	intake   *intake.Intake
	engine   *screening.Engine
	service  *screening.Service
	follower *screening.Follower
	walker   *search.Walker
	searches *search.Keeper
	bench    *trial.Bench
	outside  *outside.Eye // nil: no vision service of the operator's own
}

// tuning is what an operator may change about screening.
type tuning struct {
	vision
	reading
	FloodShare     float64       `help:"Brake an asset that is held against more than this share of the last pictures or listings; 0 never." default:"0.02" env:"ASSAY_FLOOD_SHARE"`
	Words          string        `help:"Your own list of trade words and contexts (YAML)." placeholder:"FILE" type:"path" env:"ASSAY_WORDS"`
	AlertsKeep     time.Duration `help:"Delete alerts of saved searches after so long, read or not; 0 never." default:"4320h" env:"ASSAY_ALERTS_KEEP"`
	ReadingsKeep   time.Duration `help:"Forget what was read in pictures that nobody looked at for so long; 0 never." default:"4320h" env:"ASSAY_READINGS_KEEP"`
	Levels         string        `help:"Your own service levels of the queue (YAML), over those that ship." placeholder:"FILE" type:"path" env:"ASSAY_LEVELS"`
	FetchPrivate   bool          `help:"Fetch pictures from private addresses too; only for a closed test network." env:"ASSAY_FETCH_PRIVATE"`
	MigrateAtStart bool          `help:"Bring the database schema up to date at start." default:"true" negatable:"" env:"ASSAY_MIGRATE"`
	LostAfter      time.Duration `help:"Take up a job again whose worker said nothing for so long." default:"2m30s" env:"ASSAY_LOST_AFTER"`
	ConcurrentJobs int           `help:"Jobs worked on at the same time; 0 is two for each core." default:"0" env:"ASSAY_JOBS"`
}

// open puts the program together on its data.
func (s storage) open(ctx context.Context, t tuning, log *slog.Logger) (*app, error) {
	if err := s.holidays.use(); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.Database, store.Options{Migrate: t.MigrateAtStart})
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(ctx, s.Blobs)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	a := &app{log: log, store: db, blobs: blobs}
	if err := a.wire(ctx, t); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *app) wire(ctx context.Context, t tuning) error {
	now := func() time.Time { return time.Now().UTC() }
	p, err := a.activePolicy(ctx, now())
	if err != nil {
		return err
	}
	var words []byte
	if t.Words != "" {
		if words, err = readFile(t.Words); err != nil {
			return err
		}
	}
	if a.engine, err = screening.NewEngine(p, words, a.log); err != nil {
		return err
	}
	if err := t.reading.join(a.engine, a.store); err != nil {
		return err
	}
	if t.on() {
		if a.outside, err = t.eye(a.log); err != nil {
			return err
		}
		a.engine.AddEye(a.outside)
	}
	levels, err := t.serviceLevels()
	if err != nil {
		return err
	}
	fetcher := fetch.New(fetch.Options{AllowPrivate: t.FetchPrivate})
	a.gate = &access.Gate{Store: a.store, Now: now, Ledger: a.store, Atomic: a.store.Atomic}
	a.keeper = &registry.Keeper{Store: a.store, Sellers: a.store, Blobs: a.blobs, Ledger: a.store, Now: now, Atomic: a.store.Atomic}
	a.ladder = &enforcement.Ladder{Store: a.store, Queue: a.store.Jobs(), Now: now}
	a.desk = &casefile.Desk{Store: a.store, Now: now, Keeper: a.keeper, Levels: levels}
	a.desk.Followers = append(a.desk.Followers, a.ladder, &similar.Follower{Store: a.store, Now: now}, &notice.Follower{Store: a.store, Now: now})
	a.clerk = hearing.Join(a.desk, a.store, a.ladder, hearing.NoticesIn(a.store), now) // the last: it tells of what the others did
	a.similar = similar.New(a.store, a.desk, now)
	a.notices = notice.NewService(a.store, casefile.Reception{Teams: a.store, Levels: levels}, now)
	a.intake = &intake.Intake{Store: a.store, Blobs: a.blobs, Queue: a.store.Jobs(), Fetcher: fetcher, Now: now}
	a.follower = &screening.Follower{Library: a.engine.Library, Store: a.store, Blobs: a.blobs, Log: a.log}
	flood := screening.UsualFlood
	flood.Share = t.FloodShare
	a.walker = &search.Walker{Store: a.store, Now: now}
	a.bench = &trial.Bench{Store: a.store, Queue: a.store.Jobs(), Now: now}
	a.searches = &search.Keeper{Store: a.store, Now: now, Keep: t.AlertsKeep, Atomic: a.store.Atomic}
	a.service = &screening.Service{Watch: &search.Watch{Store: a.store, Now: now, Log: a.log}, Flood: screening.NewFlood(flood), Keeper: a.keeper, Desk: a.desk, Engine: a.engine, Store: a.store, Blobs: a.blobs, Fetcher: fetcher, Now: now, Log: a.log, CatchUp: a.follower.CatchUp, Levels: levels}
	a.service.Cure = a.clerk.Cure
	return nil
}

// serviceLevels are the operator's, or those that ship.
func (t tuning) serviceLevels() (*casefile.Levels, error) {
	if t.Levels == "" {
		return casefile.Usual(), nil
	}
	text, err := readFile(t.Levels)
	if err != nil {
		return nil, err
	}
	l, err := casefile.ParseLevels(text)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s cannot be used", t.Levels)
	}
	return l, nil
}

// activePolicy is the policy in force; a new installation starts with the one
// that ships.
func (a *app) activePolicy(ctx context.Context, now time.Time) (*policy.Policy, error) {
	v, err := a.store.ActivePolicy(ctx)
	if err == nil {
		return policy.Parse([]byte(v.Source))
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	p := policy.Default()
	first := verdict.Version{ID: p.ID(), Source: string(policy.DefaultSource()), ActorID: "system", CreatedAt: now}
	err = a.store.Atomic(ctx, func(ctx context.Context) error {
		if err := a.store.PutPolicy(ctx, first); err != nil {
			return err
		}
		return a.store.ActivatePolicy(ctx, first.ID)
	})
	return p, err
}

// usualLostAfter is the default of --lost-after.
const usualLostAfter = 150 * time.Second

// cleanJob drops what is over, now and then.
const cleanJob = "access.clean"

// runner works on jobs.
func (a *app) runner(t tuning) (*river.Runner, error) {
	return river.New(a.store, river.Options{
		Workers: t.ConcurrentJobs,
		Timeout: max(t.LostAfter*4/5, time.Second),
		Lost:    t.LostAfter,
		Log:     a.log,
		Handlers: map[string]job.Handler{
			intake.ScreenJob:    a.service.Screen,
			intake.FetchJob:     a.intake.FetchPicture,
			intake.FeedJob:      a.intake.ImportFeed,
			enforcement.ShopJob: a.ladder.Shop,
			enforcement.TendJob: a.ladder.Tend,
			hearing.TendJob:     a.clerk.Tend,
			trial.Job:           a.bench.Run,
			similar.FillJob:     (&similar.Filler{Store: a.store, Blobs: a.blobs, Queue: a.store.Jobs(), Log: a.log}).Fill,
			notice.TendJob:      a.notices.Tend,
			cleanJob:            func(ctx context.Context, _ json.RawMessage) error { return a.clean(ctx, t.ReadingsKeep) },
		},
		Periodic: []river.Periodic{river.Every(cleanJob, time.Hour), river.Every(similar.FillJob, similar.FillEvery), river.Every(notice.TendJob, notice.TendEvery), river.Every(enforcement.TendJob, enforcement.TendEvery), river.Every(hearing.TendJob, hearing.TendEvery)},
	})
}

// Close releases the data.
func (a *app) Close() error {
	if err := errors.Join(a.store.Close(), a.blobs.Close()); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
