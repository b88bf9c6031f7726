-- Statements of reasons, and the hearings in which the parties answer them.
-- See 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE statements (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    seller_id  TEXT NOT NULL REFERENCES sellers (id),
    restricts  BOOLEAN NOT NULL,
    body       JSON NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX statements_seller ON statements (seller_id, created_at, id);
CREATE INDEX statements_newest ON statements (created_at, id);

-- What a statement is about: sort is "decision", "listing" or "holder".
CREATE TABLE statement_refs (
    statement_id TEXT NOT NULL REFERENCES statements (id),
    sort         TEXT NOT NULL,
    ref          TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (statement_id, sort, ref)
);
CREATE INDEX statement_refs_ref ON statement_refs (sort, ref, created_at, statement_id);

-- At most one hearing of a decision, kind ("objection", "appeal") and side. due_at
-- is when the silence of whose turn it is has its result.
CREATE TABLE hearings (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    side        TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    case_id     TEXT NOT NULL,
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    holder_id   TEXT NOT NULL,
    state       TEXT NOT NULL,
    due_at      TIMESTAMPTZ,
    body        JSON NOT NULL,
    version     INTEGER NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (decision_id, kind, side)
);
CREATE INDEX hearings_seller ON hearings (seller_id, created_at, id);
CREATE INDEX hearings_holder ON hearings (holder_id, created_at, id) WHERE holder_id <> '';
CREATE INDEX hearings_listing ON hearings (listing_id, created_at, id);
CREATE INDEX hearings_case ON hearings (case_id) WHERE case_id <> '';
CREATE INDEX hearings_due ON hearings (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE restitutions (
    decision_id TEXT PRIMARY KEY,
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    body        JSON NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX restitutions_newest ON restitutions (created_at, decision_id);
CREATE INDEX restitutions_seller ON restitutions (seller_id, created_at, decision_id);

-- +goose Down
DROP TABLE restitutions;
DROP TABLE hearings;
DROP TABLE statement_refs;
DROP TABLE statements;
