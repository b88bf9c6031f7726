-- What pictures and listings look like; goods decided together; what must stay
-- down; notices. See 00001_begin.sql for the types. The contacts of notices are
-- personal data.
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
    revision   INTEGER NOT NULL,
    link       TEXT NOT NULL -- of its page, made comparable; '' without one
);
CREATE INDEX listing_prints_link ON listing_prints (link) WHERE link <> '';
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

CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    number     BIGINT NOT NULL, -- 0 for a draft
    kind       TEXT NOT NULL,
    profile    TEXT NOT NULL,
    state      TEXT NOT NULL,
    holder_id  TEXT REFERENCES holders (id),
    brand_id   TEXT NOT NULL, -- as it was given; checked at intake
    right_id   TEXT NOT NULL,
    owner      TEXT NOT NULL,
    work       TEXT NOT NULL,
    facts      TEXT NOT NULL,
    lines      TEXT NOT NULL,
    contact    JSON NOT NULL,
    declared   JSON NOT NULL,
    on_behalf  BOOLEAN NOT NULL,
    door       TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    notifier   TEXT NOT NULL,
    print      TEXT NOT NULL,
    tier       TEXT NOT NULL,
    missing    JSON NOT NULL,
    repair_by  TIMESTAMPTZ,
    version    INTEGER NOT NULL,
    search     TEXT NOT NULL,
    sent_at    TIMESTAMPTZ,
    closed_at  TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX notices_number ON notices (number) WHERE number > 0;
CREATE INDEX notices_newest ON notices (created_at, id);
CREATE INDEX notices_holder ON notices (holder_id, created_at, id);
CREATE INDEX notices_same ON notices (notifier, print);
CREATE INDEX notices_sent ON notices (notifier, sent_at);
CREATE INDEX notices_repair ON notices (repair_by) WHERE state = 'incomplete';
CREATE TABLE notice_items (
    notice_id   TEXT NOT NULL REFERENCES notices (id),
    line        INTEGER NOT NULL,
    raw         TEXT NOT NULL,
    listing_id  TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    case_id     TEXT NOT NULL,
    state       TEXT NOT NULL,
    problem     TEXT NOT NULL,
    first       TEXT NOT NULL,
    paused      BOOLEAN NOT NULL,
    decision_id TEXT NOT NULL,
    overturned  BOOLEAN NOT NULL,
    decided_at  TIMESTAMPTZ,
    PRIMARY KEY (notice_id, line)
);
CREATE INDEX notice_items_waiting ON notice_items (listing_id) WHERE state = 'waiting';
CREATE INDEX notice_items_case ON notice_items (case_id) WHERE case_id <> '';
CREATE INDEX notice_items_decision ON notice_items (decision_id) WHERE decision_id <> '';

-- +goose Down
DROP TABLE notice_items;
DROP TABLE notices;
DROP TABLE stay_downs;
DROP TABLE similar_members;
DROP TABLE similar_groups;
DROP TABLE listing_pictures;
DROP TABLE listing_prints;
DROP TABLE picture_prints;
DELETE FROM heads WHERE name IN ('print', 'notice');
DELETE FROM changes WHERE kind = 'staydown';
