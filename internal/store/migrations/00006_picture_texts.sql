-- What was read in the pictures of revisions, so that searches find it too.
-- Derived data: losing it costs finds, never truth. See 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE picture_texts (
    revision_id TEXT PRIMARY KEY REFERENCES revisions (id),
    fields      JSON NOT NULL
);

-- Old alerts are deleted by their age, whoever's they are.
CREATE INDEX alerts_age ON alerts (created_at);

-- +goose Down
DROP INDEX alerts_age;
DROP TABLE picture_texts;
