-- What was read in pictures, so that none is read twice. Derived data: losing
-- it costs time, never truth. See 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE readings (
    picture TEXT PRIMARY KEY, -- content hash and frame
    reader  TEXT NOT NULL,    -- with its version; another one reads anew
    data    BYTEA NOT NULL
);

-- +goose Down
DROP TABLE readings;
