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

-- +goose Down
DROP TABLE statement_refs;
DROP TABLE statements;
