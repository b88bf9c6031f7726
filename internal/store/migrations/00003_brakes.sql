-- Assets that were seen to match far too much: one row for each, the last time
-- it happened. See 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE brakes (
    id          TEXT PRIMARY KEY REFERENCES assets (id),
    reason      TEXT NOT NULL,
    matched     INTEGER NOT NULL,
    looked      INTEGER NOT NULL,
    sellers     INTEGER NOT NULL,
    since       TIMESTAMPTZ NOT NULL,
    braked_at   TIMESTAMPTZ NOT NULL,
    released_at TIMESTAMPTZ,
    released_by TEXT NOT NULL
);
CREATE INDEX brakes_held ON brakes (id) WHERE released_at IS NULL;

-- +goose Down
DROP TABLE brakes;
