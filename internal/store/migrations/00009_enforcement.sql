-- What is done to listings and shops, and the ladder that leads to it. See
-- 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE ladders (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    active     BOOLEAN NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX ladders_active ON ladders (active) WHERE active;
INSERT INTO heads (name, seq, hash) VALUES ('ladder', 0, '');

CREATE TABLE standings (
    seller_id  TEXT PRIMARY KEY REFERENCES sellers (id),
    market     TEXT NOT NULL,
    status     TEXT NOT NULL, -- as enforcement has set it last
    points     INTEGER NOT NULL,
    strikes    INTEGER NOT NULL,
    next_at    TIMESTAMPTZ,
    version    INTEGER NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX standings_due ON standings (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE actions (
    id              TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    seller_id       TEXT NOT NULL REFERENCES sellers (id),
    listing_id      TEXT REFERENCES listings (id),
    revision_id     TEXT NOT NULL,
    case_id         TEXT REFERENCES cases (id),
    decision_id     TEXT NOT NULL,
    cause_id        TEXT NOT NULL,
    mark            TEXT NOT NULL,
    milestone       TEXT NOT NULL,
    reason          TEXT NOT NULL,
    note            TEXT NOT NULL,
    points          INTEGER NOT NULL,
    strikes         INTEGER NOT NULL,
    was             TEXT NOT NULL,
    became          TEXT NOT NULL,
    from_at         TIMESTAMPTZ NOT NULL,
    until_at        TIMESTAMPTZ,
    ladder          TEXT NOT NULL,
    profile         TEXT NOT NULL,
    factors         JSON NOT NULL,
    actor_id        TEXT NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    reversed_at     TIMESTAMPTZ,
    reversed_by     TEXT NOT NULL,
    reversal        TEXT NOT NULL,
    reversal_reason TEXT NOT NULL,
    reversal_note   TEXT NOT NULL
);
CREATE INDEX actions_seller ON actions (seller_id, created_at, id);
-- Listings' actions are many; the standing does not read them.
CREATE INDEX actions_shop ON actions (seller_id, from_at, id) WHERE kind NOT IN ('pause', 'remove', 'restore');
CREATE INDEX actions_listing ON actions (listing_id, created_at, id);
CREATE INDEX actions_case ON actions (case_id);
CREATE INDEX actions_decision ON actions (decision_id) WHERE decision_id <> '';

CREATE TABLE closures (
    id           TEXT PRIMARY KEY,
    seller_id    TEXT NOT NULL REFERENCES sellers (id),
    state        TEXT NOT NULL,
    place        INTEGER NOT NULL, -- 0 open, 1 answered
    reason       TEXT NOT NULL,
    milestone    TEXT NOT NULL,
    mark         TEXT NOT NULL,
    note         TEXT NOT NULL,
    proposed_by  TEXT NOT NULL,
    barred       JSON NOT NULL,
    action_id    TEXT NOT NULL,
    factors      JSON NOT NULL,
    ladder       TEXT NOT NULL,
    profile      TEXT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_note TEXT NOT NULL,
    decided_at   TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX closures_one_open ON closures (seller_id) WHERE state = 'open';
CREATE INDEX closures_newest ON closures (place, created_at, id);
CREATE INDEX closures_seller ON closures (seller_id, created_at, id);

-- Listings that would be live if their shop were not shut.
CREATE TABLE paused (
    listing_id TEXT PRIMARY KEY REFERENCES listings (id),
    seller_id  TEXT NOT NULL REFERENCES sellers (id),
    paused_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX paused_seller ON paused (seller_id, listing_id);
CREATE INDEX listings_live ON listings (seller_id, id) WHERE status = 'live';

-- +goose Down
DROP INDEX listings_live;
DROP TABLE paused;
DROP TABLE closures;
DROP TABLE actions;
DROP TABLE standings;
DROP TABLE ladders;
DELETE FROM heads WHERE name = 'ladder';
