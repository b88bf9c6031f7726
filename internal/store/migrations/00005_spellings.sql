-- Proposed spellings of a name that people refused. See 00001_begin.sql for the
-- types.
-- +goose Up
ALTER TABLE assets ADD COLUMN dismissed_spellings JSON NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE assets DROP COLUMN dismissed_spellings;
