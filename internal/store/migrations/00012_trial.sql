-- Policies tried before they bite: shadows beside the one in force, back-tests
-- over past verdicts, and what people answered about each rule. See
-- 00001_begin.sql for the types.
-- +goose Up
ALTER TABLE policies ADD COLUMN shadow BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE backtests (
    id         TEXT PRIMARY KEY,
    policy_id  TEXT NOT NULL REFERENCES policies (id),
    from_at    TIMESTAMPTZ NOT NULL,
    until_at   TIMESTAMPTZ NOT NULL,
    most       INTEGER NOT NULL,
    state      TEXT NOT NULL,
    problem    TEXT NOT NULL,
    looked     INTEGER NOT NULL,
    next_page  TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX backtests_newest ON backtests (created_at, id);

CREATE TABLE trial_rows (
    trial_id    TEXT NOT NULL,
    verdict_id  TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    listing_id  TEXT NOT NULL,
    seller_id   TEXT NOT NULL,
    title       TEXT NOT NULL,
    was         TEXT NOT NULL,
    now         TEXT NOT NULL,
    rules       JSON NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (trial_id, verdict_id)
);
CREATE INDEX trial_rows_newest ON trial_rows (trial_id, created_at, verdict_id);

-- Which rules asked for a verdict that a person answered.
CREATE TABLE judged_rules (
    rule       TEXT NOT NULL,
    print      TEXT NOT NULL,
    verdict_id TEXT NOT NULL REFERENCES verdicts (id),
    PRIMARY KEY (print, rule, verdict_id)
);
CREATE INDEX verdicts_newest ON verdicts (created_at, id);
CREATE INDEX cases_verdict ON cases (verdict_id);
CREATE INDEX cases_revision ON cases (revision_id);

-- +goose Down
DROP INDEX cases_revision;
DROP INDEX cases_verdict;
DROP INDEX verdicts_newest;
DROP TABLE judged_rules;
DROP TABLE trial_rows;
DROP TABLE backtests;
ALTER TABLE policies DROP COLUMN shadow;
