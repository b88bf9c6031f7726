-- One text for both engines. The types mean the same on either side:
-- TEXT (on PostgreSQL it is given COLLATE "C" as it is read, so that ids sort
-- by bytes as SQLite sorts them), JSON (text that is kept as written),
-- TIMESTAMPTZ (on SQLite text in UTC that sorts as time does), BYTEA,
-- BOOLEAN, DOUBLE PRECISION. Personal data lives in holders (contact),
-- sellers and accounts, and nowhere else.
-- +goose Up

-- The last number given out, by what is numbered. Whoever takes a number
-- keeps the row locked until its transaction ends, so numbers become visible
-- in their order and without gaps.
CREATE TABLE heads (
    name TEXT PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO heads (name, seq, hash) VALUES ('change', 0, ''), ('ledger', 0, ''), ('policy', 0, '');

CREATE TABLE sellers (
    id             TEXT PRIMARY KEY,
    external_id    TEXT NOT NULL,
    name           TEXT NOT NULL,
    country        TEXT NOT NULL,
    language       TEXT NOT NULL,
    email          TEXT NOT NULL,
    verification   TEXT NOT NULL,
    verified_until TIMESTAMPTZ,
    status         TEXT NOT NULL,
    search         TEXT NOT NULL, -- what a query looks in, in lower case
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL
);

CREATE TABLE holders (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    country    TEXT NOT NULL,
    language   TEXT NOT NULL,
    email      TEXT NOT NULL,
    search     TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE brands (
    id          TEXT PRIMARY KEY,
    holder_id   TEXT NOT NULL REFERENCES holders (id),
    name        TEXT NOT NULL,
    goods       JSON NOT NULL,
    usual_price JSON NOT NULL,
    gated_goods BOOLEAN NOT NULL,
    website     TEXT NOT NULL,
    search      TEXT NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX brands_holder ON brands (holder_id, id);

CREATE TABLE rights (
    id            TEXT PRIMARY KEY,
    brand_id      TEXT NOT NULL REFERENCES brands (id),
    kind          TEXT NOT NULL,
    office        TEXT NOT NULL,
    number        TEXT NOT NULL,
    classes       JSON NOT NULL,
    territories   JSON NOT NULL,
    filed_on      TEXT NOT NULL, -- YYYY-MM-DD or empty, as all days
    registered_on TEXT NOT NULL,
    expires_on    TEXT NOT NULL,
    status        TEXT NOT NULL,
    search        TEXT NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX rights_brand ON rights (brand_id, id);

CREATE TABLE assets (
    id                TEXT PRIMARY KEY,
    brand_id          TEXT NOT NULL REFERENCES brands (id),
    right_id          TEXT REFERENCES rights (id),
    kind              TEXT NOT NULL,
    label             TEXT NOT NULL,
    text              TEXT NOT NULL,
    language          TEXT NOT NULL,
    script            TEXT NOT NULL,
    picture           TEXT NOT NULL,
    retired           BOOLEAN NOT NULL,
    innocent_pictures JSON NOT NULL,
    search            TEXT NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL
);
CREATE INDEX assets_brand ON assets (brand_id, id);
CREATE INDEX assets_right ON assets (right_id);

CREATE TABLE licences (
    id          TEXT PRIMARY KEY,
    brand_id    TEXT NOT NULL REFERENCES brands (id),
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    asset_ids   JSON NOT NULL,
    categories  JSON NOT NULL,
    territories JSON NOT NULL,
    from_on     TEXT NOT NULL,
    until_on    TEXT NOT NULL,
    document    TEXT NOT NULL,
    status      TEXT NOT NULL,
    search      TEXT NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX licences_brand ON licences (brand_id, id);
CREATE INDEX licences_seller ON licences (seller_id, id);

CREATE TABLE changes (
    seq       BIGINT PRIMARY KEY,
    kind      TEXT NOT NULL,
    object_id TEXT NOT NULL
);

CREATE TABLE prints (
    asset_id TEXT NOT NULL REFERENCES assets (id),
    detector TEXT NOT NULL,
    data     BYTEA NOT NULL,
    PRIMARY KEY (asset_id, detector)
);

CREATE TABLE listings (
    id           TEXT PRIMARY KEY,
    market       TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    seller_id    TEXT NOT NULL REFERENCES sellers (id),
    revision     INTEGER NOT NULL,
    status       TEXT NOT NULL,
    content_hash TEXT NOT NULL, -- of the newest revision
    title        TEXT NOT NULL, -- of the newest revision
    picture      TEXT NOT NULL, -- first stored one of the newest revision
    search       TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (market, external_id)
);
CREATE INDEX listings_newest ON listings (created_at, id);
CREATE INDEX listings_seller ON listings (seller_id, created_at, id);
CREATE INDEX listings_status ON listings (status, created_at, id);

CREATE TABLE revisions (
    id           TEXT PRIMARY KEY,
    listing_id   TEXT NOT NULL REFERENCES listings (id),
    number       INTEGER NOT NULL,
    source       TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    offer        JSON NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (listing_id, number)
);

CREATE TABLE feeds (
    id          TEXT PRIMARY KEY,
    market      TEXT NOT NULL,
    seller_id   TEXT REFERENCES sellers (id),
    only_seller BOOLEAN NOT NULL,
    name        TEXT NOT NULL,
    format      TEXT NOT NULL,
    blob        TEXT NOT NULL,
    mapping     TEXT NOT NULL,
    currency    TEXT NOT NULL,
    pictures    TEXT NOT NULL,
    state       TEXT NOT NULL,
    problem     TEXT NOT NULL,
    row_count   INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,
    warnings    INTEGER NOT NULL,
    actor_id    TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX feeds_newest ON feeds (created_at, id);
CREATE INDEX feeds_seller ON feeds (seller_id, created_at, id);

CREATE TABLE problems (
    feed_id     TEXT NOT NULL REFERENCES feeds (id),
    line        INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL,
    row_id      TEXT NOT NULL,
    column_name TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    rejected    BOOLEAN NOT NULL,
    raw         TEXT NOT NULL,
    PRIMARY KEY (feed_id, line, ordinal)
);

CREATE TABLE verdicts (
    id          TEXT PRIMARY KEY,
    revision_id TEXT NOT NULL REFERENCES revisions (id),
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    decision    TEXT NOT NULL,
    score       DOUBLE PRECISION NOT NULL,
    matched     JSON NOT NULL,
    reasons     JSON NOT NULL,
    signals     JSON NOT NULL,
    policy      TEXT NOT NULL,
    detectors   JSON NOT NULL,
    took_ms     DOUBLE PRECISION NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX verdicts_listing ON verdicts (listing_id, created_at, id);
CREATE INDEX verdicts_revision ON verdicts (revision_id);

CREATE TABLE policies (
    id         TEXT PRIMARY KEY,
    source     TEXT NOT NULL,
    active     BOOLEAN NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX policies_active ON policies (active) WHERE active;

CREATE TABLE cases (
    id          TEXT PRIMARY KEY,
    listing_id  TEXT NOT NULL REFERENCES listings (id),
    revision_id TEXT NOT NULL REFERENCES revisions (id),
    verdict_id  TEXT REFERENCES verdicts (id),
    seller_id   TEXT NOT NULL REFERENCES sellers (id),
    brand_id    TEXT REFERENCES brands (id),
    holder_id   TEXT REFERENCES holders (id),
    title       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    proposed    TEXT NOT NULL,
    score       DOUBLE PRECISION NOT NULL,
    -- The priority with its sign turned, so that the whole order of the queue
    -- is ascending and one comparison of (place, due_at, id) continues a page.
    place       INTEGER NOT NULL,
    state       TEXT NOT NULL,
    assignee_id TEXT NOT NULL,
    lease_until TIMESTAMPTZ,
    due_at      TIMESTAMPTZ NOT NULL,
    version     INTEGER NOT NULL,
    search      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (listing_id) WHERE state = 'open';
CREATE INDEX cases_queue ON cases (state, place, due_at, id);
CREATE INDEX cases_order ON cases (place, due_at, id);
CREATE INDEX cases_holder ON cases (holder_id, state, place, due_at, id);
CREATE INDEX cases_seller ON cases (seller_id, state, place, due_at, id);
CREATE INDEX cases_brand ON cases (brand_id, state, place, due_at, id);
CREATE INDEX cases_reason ON cases (state, reason, place, due_at, id);
CREATE INDEX cases_assignee ON cases (assignee_id, state, place, due_at, id) WHERE assignee_id <> '';
CREATE INDEX cases_listing ON cases (listing_id, holder_id);

-- The name of who decided is read from accounts or api_keys.
CREATE TABLE decisions (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases (id),
    number     INTEGER NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    note       TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (case_id, number)
);

CREATE TABLE ledger (
    seq     BIGINT PRIMARY KEY,
    at      TIMESTAMPTZ NOT NULL,
    actor   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    data    TEXT NOT NULL, -- the sealed bytes, not to be reformatted
    prev    TEXT NOT NULL,
    hash    TEXT NOT NULL
);
CREATE INDEX ledger_subject ON ledger (subject, seq);

CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    org_id        TEXT NOT NULL,
    language      TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);

CREATE TABLE api_keys (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    role       TEXT NOT NULL,
    org_id     TEXT NOT NULL,
    scopes     JSON NOT NULL,
    actor_id   TEXT NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sessions (
    token  TEXT PRIMARY KEY, -- hex SHA-256 of the token
    data   BYTEA NOT NULL,
    expiry TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

-- Answers already given, by idempotency key.
CREATE TABLE answers (
    principal    TEXT NOT NULL,
    request_key  TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status       INTEGER NOT NULL,
    answer       BYTEA NOT NULL,
    at           TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (principal, request_key)
);
CREATE INDEX answers_at ON answers (at);

-- +goose Down
DROP TABLE answers;
DROP TABLE sessions;
DROP TABLE api_keys;
DROP TABLE accounts;
DROP TABLE ledger;
DROP TABLE decisions;
DROP TABLE cases;
DROP TABLE policies;
DROP TABLE verdicts;
DROP TABLE problems;
DROP TABLE feeds;
DROP TABLE revisions;
DROP TABLE listings;
DROP TABLE prints;
DROP TABLE changes;
DROP TABLE licences;
DROP TABLE assets;
DROP TABLE rights;
DROP TABLE brands;
DROP TABLE holders;
DROP TABLE sellers;
DROP TABLE heads;
