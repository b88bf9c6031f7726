-- Whose turn it is, regional teams, deeds that take two people, what people
-- note on cases, and the views they save. See 00001_begin.sql for the types.
-- +goose Up
DROP INDEX cases_queue;
DROP INDEX cases_order;
DROP INDEX cases_holder;
DROP INDEX cases_seller;
DROP INDEX cases_brand;
DROP INDEX cases_reason;
DROP INDEX cases_assignee;
ALTER TABLE cases DROP COLUMN place;
-- Smaller is sooner, fixed when the case opens: (turn_at, id) is the whole order.
ALTER TABLE cases ADD COLUMN turn_at TIMESTAMPTZ NOT NULL DEFAULT '2000-01-01 00:00:00+00:00';
UPDATE cases SET turn_at = due_at;
ALTER TABLE cases ADD COLUMN exposure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN tier TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN proposal_id TEXT NOT NULL DEFAULT '';
CREATE INDEX cases_queue ON cases (state, turn_at, id);
CREATE INDEX cases_order ON cases (turn_at, id);
CREATE INDEX cases_holder ON cases (holder_id, state, turn_at, id);
CREATE INDEX cases_seller ON cases (seller_id, state, turn_at, id);
CREATE INDEX cases_brand ON cases (brand_id, state, turn_at, id);
CREATE INDEX cases_reason ON cases (state, reason, turn_at, id);
CREATE INDEX cases_desk ON cases (state, desk, turn_at, id);
CREATE INDEX cases_due ON cases (state, due_at);
CREATE INDEX cases_assignee ON cases (assignee_id, state, turn_at, id) WHERE assignee_id <> '';
-- What the queue page counts, from the index alone.
CREATE INDEX cases_counts ON cases (state, reason, desk, severity, held_until, due_at);
CREATE INDEX cases_held ON cases (state, held_until);
CREATE INDEX cases_two ON cases (state, proposal_id);
CREATE INDEX cases_asked ON cases (asked_id, state, turn_at, id) WHERE asked_id <> '';

CREATE TABLE desks (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL,
    rank       INTEGER NOT NULL,
    rules      JSON NOT NULL,
    common     BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE desk_members (
    desk_id    TEXT NOT NULL REFERENCES desks (id),
    account_id TEXT NOT NULL, -- of a person or an API key
    decides    BOOLEAN NOT NULL,
    PRIMARY KEY (desk_id, account_id)
);
CREATE INDEX desk_members_account ON desk_members (account_id, desk_id);

CREATE TABLE case_notes (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id),
    kind       TEXT NOT NULL,
    text       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    to_id      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX case_notes_case ON case_notes (case_id, created_at, id);

CREATE TABLE case_views (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    owner_id   TEXT NOT NULL,
    desk       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX case_views_owner ON case_views (owner_id, name, id);
CREATE INDEX case_views_desk ON case_views (desk, name, id) WHERE desk <> '';

CREATE TABLE proposals (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    data       JSON NOT NULL,
    note       TEXT NOT NULL,
    by_id      TEXT NOT NULL,
    state      TEXT NOT NULL,
    other_id   TEXT NOT NULL,
    other_note TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    closed_at  TIMESTAMPTZ
);
CREATE UNIQUE INDEX proposals_one_open ON proposals (kind, subject) WHERE state = 'open';
CREATE INDEX proposals_list ON proposals (state, created_at, id);

ALTER TABLE accounts ADD COLUMN zone TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE accounts DROP COLUMN zone;
DROP TABLE proposals;
DROP TABLE case_views;
DROP TABLE case_notes;
DROP TABLE desk_members;
DROP TABLE desks;
DROP INDEX cases_asked;
DROP INDEX cases_two;
DROP INDEX cases_held;
DROP INDEX cases_counts;
DROP INDEX cases_assignee;
DROP INDEX cases_due;
DROP INDEX cases_desk;
DROP INDEX cases_reason;
DROP INDEX cases_brand;
DROP INDEX cases_seller;
DROP INDEX cases_holder;
DROP INDEX cases_order;
DROP INDEX cases_queue;
ALTER TABLE cases DROP COLUMN proposal_id;
ALTER TABLE cases DROP COLUMN tier;
ALTER TABLE cases DROP COLUMN exposure;
ALTER TABLE cases DROP COLUMN turn_at;
ALTER TABLE cases ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_queue ON cases (state, place, due_at, id);
CREATE INDEX cases_order ON cases (place, due_at, id);
CREATE INDEX cases_holder ON cases (holder_id, state, place, due_at, id);
CREATE INDEX cases_seller ON cases (seller_id, state, place, due_at, id);
CREATE INDEX cases_brand ON cases (brand_id, state, place, due_at, id);
CREATE INDEX cases_reason ON cases (state, reason, place, due_at, id);
CREATE INDEX cases_assignee ON cases (assignee_id, state, place, due_at, id) WHERE assignee_id <> '';
