// Package demo is a made-up marketplace: invented brands, a few hundred
// listings with pictures that the program draws, and people to sign in as.
package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"assay/internal/access"
	"assay/internal/blob"
	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/listing"
	"assay/internal/listing/intake"
	"assay/internal/registry"
	"assay/internal/registry/bundle"
	"assay/internal/seller"
	"assay/internal/verdict"
)

//go:embed story/registry.yaml
var registryYAML []byte

//go:embed story/feed.csv
var feedCSV []byte

// market is the marketplace the demo plays in.
const market = "main"

// Store is what filling needs of the store.
type Store interface {
	registry.Store
	seller.Store
	listing.Store
	verdict.Store
	casefile.Store
	access.Store
	intake.Store
}

// Town is the made-up marketplace on its data.
type Town struct {
	Store  Store
	Blobs  *blob.Store
	Gate   *access.Gate
	Intake *intake.Intake
	Desk   *casefile.Desk
	// Idle waits until every job is done.
	Idle func(ctx context.Context) error
	// Everyday is how many listings stand around the story; 0 means 260.
	Everyday int
	// Step, when not nil, is told of progress: how far of how much.
	Step func(done, total int)
}

// Person is somebody to sign in as.
type Person struct {
	Role     access.Role `json:"role"`
	Email    string      `json:"email"`
	Password string      `json:"password"`
}

// Record is what is remembered of a demo in its data folder.
type Record struct {
	Filled bool     `json:"filled"`
	People []Person `json:"people"`
}

const recordFile = "demo.json"

// Remembered is the record in dir; a folder without one gives passwords made
// now, which are written down before they are used.
func Remembered(dir string) (Record, error) {
	var r Record
	b, err := os.ReadFile(filepath.Join(dir, recordFile))
	if err == nil {
		if err := json.Unmarshal(b, &r); err != nil {
			return r, fault.Wrap(err, fault.Invalid, "%s is damaged; remove the folder %s to start afresh", recordFile, dir)
		}
		return r, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("demo record: %w", err)
	}
	for _, role := range access.Roles {
		r.People = append(r.People, Person{Role: role, Email: string(role) + "@demo.example", Password: rand.Text()})
	}
	return r, r.Remember(dir)
}

// Remember writes the record; half-way written is not written.
func (r Record) Remember(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("demo record: %w", err)
	}
	tmp := filepath.Join(dir, recordFile+".new")
	if err := os.WriteFile(tmp, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("demo record: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, recordFile)); err != nil {
		return fmt.Errorf("demo record: %w", err)
	}
	return nil
}

// Fill builds the marketplace. It may be stopped anywhere and run again.
// bundleDir gets the registry as a bundle, to look at and to screen with.
func (t *Town) Fill(ctx context.Context, bundleDir string, people []Person) error {
	if err := WriteBundle(bundleDir); err != nil {
		return err
	}
	b, problems, err := bundle.Read(os.DirFS(bundleDir))
	if err != nil || len(problems) > 0 {
		return fmt.Errorf("the demo's own bundle is wrong: %v %w", problems, err)
	}
	im := &bundle.Importer{Store: t.Store, Blobs: t.Blobs, Ledger: t.Store}
	if _, err := im.Import(ctx, b); err != nil {
		return err
	}
	if err := t.people(ctx, people); err != nil {
		return err
	}
	if err := t.offer(ctx, append(scenes(), ordinary(cmp.Or(t.Everyday, 260))...)); err != nil {
		return err
	}
	if err := t.feed(ctx); err != nil {
		return err
	}
	if err := t.Idle(ctx); err != nil {
		return err
	}
	return t.decide(ctx)
}

// deskOf is the reviewer who made the demo's decisions.
func (t *Town) deskOf(ctx context.Context) (casefile.Actor, error) {
	a, err := t.Store.AccountByEmail(ctx, string(access.Reviewer)+"@demo.example")
	return casefile.Actor{ID: a.ID, Name: a.Name}, err
}

// WriteBundle draws the registry bundle into a folder.
func WriteBundle(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "pictures"), 0o755); err != nil {
		return fmt.Errorf("demo bundle: %w", err)
	}
	files := map[string][]byte{"registry.yaml": registryYAML}
	for name, data := range assetFiles() {
		files[filepath.Join("pictures", name)] = data
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return fmt.Errorf("demo bundle: %w", err)
		}
	}
	return nil
}

// people makes one account per role.
func (t *Town) people(ctx context.Context, people []Person) error {
	org := map[access.Role]string{access.Holder: "veltrana", access.Seller: listing.SellerID(market, "golmok")}
	name := map[access.Role]string{access.Admin: "Operations", access.Reviewer: "Review desk", access.Holder: "Veltrana brand protection",
		access.Seller: "골목잡화점", access.Partner: "Partner body"}
	for _, p := range people {
		if _, err := t.Store.AccountByEmail(ctx, p.Email); err == nil {
			continue
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		if _, err := t.Gate.NewAccount(ctx, access.Account{Email: p.Email, Name: name[p.Role], Role: p.Role, OrgID: org[p.Role]}, p.Password); err != nil {
			return err
		}
	}
	return nil
}

// offer draws the pictures and takes the listings in, a few at a time.
func (t *Town) offer(ctx context.Context, all []scene) error {
	const batch = 20
	for from := 0; from < len(all); from += batch {
		part := all[from:min(from+batch, len(all))]
		rows, err := t.draw(ctx, part)
		if err != nil {
			return err
		}
		answers, err := t.Intake.Take(ctx, intake.Source{Market: market, Name: "api", ActorID: "demo"}, rows)
		if err != nil {
			return err
		}
		for i, a := range answers {
			if a.Err != nil {
				return fmt.Errorf("demo listing %s: %w", rows[i].ExternalID, a.Err)
			}
		}
		if t.Step != nil {
			t.Step(from+len(part), len(all))
		}
	}
	return nil
}

// draw makes the rows of some scenes, on all cores.
func (t *Town) draw(ctx context.Context, part []scene) ([]listing.Row, error) {
	rows := make([]listing.Row, len(part))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range part {
		g.Go(func() error {
			hashes := make([]string, len(s.pictures))
			for n, draw := range s.pictures {
				key, err := t.Blobs.Put(ctx, draw())
				if err != nil {
					return err
				}
				hashes[n] = key
			}
			rows[i] = s.row(hashes)
			return nil
		})
	}
	return rows, g.Wait()
}

// feed uploads a file with a few rows that are wrong, as shops send them.
func (t *Town) feed(ctx context.Context) error {
	const id = "demo-feed"
	if _, err := t.Store.Feed(ctx, id); err == nil || !fault.Is(err, fault.NotFound) {
		return err
	}
	key, err := t.Blobs.Put(ctx, feedCSV)
	if err != nil {
		return err
	}
	now := t.Intake.Now()
	return t.Store.Atomic(ctx, func(ctx context.Context) error {
		err := t.Store.PutFeed(ctx, listing.Feed{ID: id, Market: market, SellerID: listing.SellerID(market, "golmok"), Name: "golmok-autumn.csv",
			Format: "auto", Currency: "KRW", Blob: key, State: listing.FeedWaiting, ActorID: "demo", CreatedAt: now, UpdatedAt: now})
		if err != nil {
			return err
		}
		return t.Intake.Queue.Enqueue(ctx, intake.FeedJobFor(id))
	})
}

// answers are the decisions that were made before the visitor came.
var answers = map[string]casefile.Answer{
	"s-004": {Outcome: verdict.Block, Reason: "false_affiliation"},
	"s-008": {Outcome: verdict.Block, Reason: "stolen_photograph"},
	"s-013": {Outcome: verdict.Block, Reason: "counterfeit"},
	"s-021": {Outcome: verdict.Pass, Reason: "compatible_use"},
	// The seller who can sign in has a letter to read and to answer.
	"second-veltrana": {Outcome: verdict.Block, Reason: "trademark_in_text"},
}

// decide gives the desk some history.
func (t *Town) decide(ctx context.Context) error {
	by, err := t.deskOf(ctx)
	if err != nil {
		return err
	}
	for id, a := range answers {
		c, err := t.Store.OpenCase(ctx, listing.ID(market, id))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		a.Version = c.Version
		if _, err := t.Desk.Decide(ctx, c.ID, a, by); err != nil {
			return fmt.Errorf("demo decision on %s: %w", id, err)
		}
	}
	return nil
}

// Settled is how long Idle may take before something is wrong.
const Settled = 10 * time.Minute
