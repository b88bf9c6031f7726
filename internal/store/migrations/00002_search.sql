-- +goose Up

-- A search without a holder is the marketplace's own people's.
CREATE TABLE searches (
    id         TEXT PRIMARY KEY,
    holder_id  TEXT REFERENCES holders (id),
    name       TEXT NOT NULL,
    query      JSON NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX searches_holder ON searches (holder_id, name, id);
INSERT INTO heads (name, seq, hash) VALUES ('search', 0, '');

CREATE TABLE alerts (
    id          TEXT PRIMARY KEY,
    search_id   TEXT NOT NULL REFERENCES searches (id),
    holder_id   TEXT REFERENCES holders (id), -- the search's
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    revision_id TEXT NOT NULL REFERENCES revisions (id),
    substance   TEXT NOT NULL,
    hit         JSON NOT NULL,
    read_at     TIMESTAMPTZ,
    created_at  TIMESTAMPTZ NOT NULL,
    UNIQUE (search_id, revision_id)
);
CREATE INDEX alerts_newest ON alerts (search_id, created_at, id);
CREATE INDEX alerts_holder ON alerts (holder_id, created_at, id);
CREATE INDEX alerts_unread ON alerts (holder_id, search_id, created_at, id) WHERE read_at IS NULL;
CREATE INDEX alerts_listing ON alerts (listing_id, search_id);

-- Searches walk the revisions by the time they were taken in.
CREATE INDEX revisions_newest ON revisions (created_at, id);

-- +goose Down
DROP INDEX revisions_newest;
DROP TABLE alerts;
DROP TABLE searches;
DELETE FROM heads WHERE name = 'search';
