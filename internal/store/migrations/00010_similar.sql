-- What pictures and listings look like; goods decided together; what must stay
-- down. See 00001_begin.sql for the types.
-- +goose Up
INSERT INTO heads (name, seq, hash) VALUES ('print', 0, ''), ('notice', 0, '');

CREATE TABLE picture_prints (
    picture TEXT PRIMARY KEY, -- content hash
    seq     BIGINT NOT NULL UNIQUE,
    codes   BYTEA NOT NULL,   -- PDQ in eight orientations
    quality INTEGER NOT NULL
);
CREATE TABLE listing_prints (
    listing_id TEXT PRIMARY KEY REFERENCES listings (id),
    seq        BIGINT NOT NULL UNIQUE,
    revision   INTEGER NOT NULL
);
CREATE TABLE listing_pictures (
    listing_id TEXT NOT NULL REFERENCES listings (id),
    picture    TEXT NOT NULL,
    PRIMARY KEY (listing_id, picture)
);
CREATE INDEX listing_pictures_picture ON listing_pictures (picture, listing_id);

CREATE TABLE similar_groups (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id),
    brand_id   TEXT REFERENCES brands (id),
    holder_id  TEXT REFERENCES holders (id),
    title      TEXT NOT NULL,
    state      TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    note       TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    undone_at  TIMESTAMPTZ
);
CREATE INDEX similar_groups_case ON similar_groups (case_id, created_at, id);
CREATE TABLE similar_members (
    group_id    TEXT NOT NULL REFERENCES similar_groups (id),
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    revision_id TEXT NOT NULL REFERENCES revisions (id),
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    title       TEXT NOT NULL,
    picture     TEXT NOT NULL,
    place       INTEGER NOT NULL,
    score       DOUBLE PRECISION NOT NULL,
    whys        JSON NOT NULL,
    selected    BOOLEAN NOT NULL,
    bar         TEXT NOT NULL,
    case_id     TEXT NOT NULL,
    reopen      BOOLEAN NOT NULL,
    decision_id TEXT NOT NULL,
    problem     TEXT NOT NULL,
    undone      TEXT NOT NULL,
    PRIMARY KEY (group_id, listing_id)
);
CREATE INDEX similar_members_place ON similar_members (group_id, place);

CREATE TABLE stay_downs (
    id          TEXT PRIMARY KEY, -- of the decision
    case_id     TEXT NOT NULL REFERENCES cases (id),
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    revision_id TEXT NOT NULL REFERENCES revisions (id),
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    brand_id    TEXT REFERENCES brands (id),
    ground      TEXT NOT NULL,
    pictures    JSON NOT NULL,
    title       TEXT NOT NULL,
    words       TEXT NOT NULL,
    gtin        TEXT NOT NULL,
    mpn         TEXT NOT NULL,
    made_at     TIMESTAMPTZ NOT NULL,
    lifted_at   TIMESTAMPTZ,
    lifted_by   TEXT NOT NULL
);
CREATE INDEX stay_downs_listing ON stay_downs (listing_id, id) WHERE lifted_at IS NULL;
CREATE INDEX stay_downs_standing ON stay_downs (id) WHERE lifted_at IS NULL;

-- +goose Down
DROP TABLE stay_downs;
DROP TABLE similar_members;
DROP TABLE similar_groups;
DROP TABLE listing_pictures;
DROP TABLE listing_prints;
DROP TABLE picture_prints;
DELETE FROM heads WHERE name IN ('print', 'notice');
DELETE FROM changes WHERE kind = 'staydown';
