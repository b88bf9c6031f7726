package enforcement

import (
	"context"
	"encoding/json"

	"assay/internal/casefile"
	"assay/internal/fault"
	"assay/internal/ledger"
)

// InForce are the rules in force; before anything was activated those that ship.
func (l *Ladder) InForce(ctx context.Context) (*Rules, error) {
	v, err := l.Store.ActiveLadder(ctx)
	if fault.Is(err, fault.NotFound) {
		return Default(), nil
	}
	if err != nil {
		return nil, err
	}
	return l.parse(v)
}

// keepInForce is InForce for a transaction that stamps penalties: a version
// that is stamped is kept.
func (l *Ladder) keepInForce(ctx context.Context) (*Rules, error) {
	v, err := l.Store.ActiveLadder(ctx)
	if err == nil {
		return l.parse(v)
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	r := Default()
	if err := l.Store.PutLadder(ctx, Edition{ID: r.ID(), Source: string(r.Source()), ActorID: system, CreatedAt: l.Now()}); err != nil {
		return nil, err
	}
	return r, l.Store.ActivateLadder(ctx, r.ID())
}

// parse reads a version, once.
func (l *Ladder) parse(v Edition) (*Rules, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.known[v.ID]; r != nil {
		return r, nil
	}
	r, err := Parse([]byte(v.Source))
	if err != nil {
		return nil, err
	}
	if l.known == nil {
		l.known = map[string]*Rules{}
	}
	l.known[v.ID] = r
	return r, nil
}

// profileOf is the profile that an action was given under; one whose version
// is gone is read by the profile in force.
func (l *Ladder) profileOf(ctx context.Context, a Action, otherwise *Profile) (*Profile, error) {
	l.mu.Lock()
	r := l.known[a.Ladder]
	l.mu.Unlock()
	if r == nil {
		v, err := l.Store.LadderVersion(ctx, a.Ladder)
		if fault.Is(err, fault.NotFound) {
			return otherwise, nil
		}
		if err != nil {
			return nil, err
		}
		if r, err = l.parse(v); err != nil {
			return nil, err
		}
	}
	if p := r.Profiles[a.Profile]; p != nil {
		return p, nil
	}
	return otherwise, nil
}

// Save keeps a new version of the ladder and, if asked to, puts it in force.
// Faults: Invalid with the lines, Conflict when the number has another text.
func (l *Ladder) Save(ctx context.Context, source string, activate bool, by casefile.Actor) (Edition, error) {
	r, err := Parse([]byte(source))
	if err != nil {
		return Edition{}, err
	}
	var out Edition
	err = l.Store.Atomic(ctx, func(ctx context.Context) error {
		_, err := l.Store.LadderVersion(ctx, r.ID())
		isNew := fault.Is(err, fault.NotFound)
		if err != nil && !isNew {
			return err
		}
		if err := l.Store.PutLadder(ctx, Edition{ID: r.ID(), Source: source, ActorID: by.ID, CreatedAt: l.Now()}); err != nil {
			return err
		}
		if isNew {
			if err := l.note(ctx, "ladder.saved", r.ID(), by); err != nil {
				return err
			}
		}
		if activate {
			if err := l.activate(ctx, r.ID(), by); err != nil {
				return err
			}
		}
		out, err = l.Store.LadderVersion(ctx, r.ID())
		return err
	})
	return out, err
}

// Activate puts a version in force, an older one too. What was given before
// stays as it was given.
func (l *Ladder) Activate(ctx context.Context, id string, by casefile.Actor) (Edition, error) {
	var out Edition
	err := l.Store.Atomic(ctx, func(ctx context.Context) error {
		if err := l.activate(ctx, id, by); err != nil {
			return err
		}
		var err error
		out, err = l.Store.LadderVersion(ctx, id)
		return err
	})
	return out, err
}

func (l *Ladder) activate(ctx context.Context, id string, by casefile.Actor) error {
	if err := l.Store.ActivateLadder(ctx, id); err != nil {
		return err
	}
	return l.note(ctx, "ladder.activated", id, by)
}

func (l *Ladder) note(ctx context.Context, kind, subject string, by casefile.Actor) error {
	_, err := l.Store.Append(ctx, ledger.Entry{At: l.Now(), Actor: by.ID, Kind: kind, Subject: subject, Data: json.RawMessage(`{}`)})
	return err
}
