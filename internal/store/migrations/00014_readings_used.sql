-- When what was read in a picture was last asked for, so that it can be forgotten
-- when nobody looks at the picture any more. See 00001_begin.sql for the types.
-- +goose Up
ALTER TABLE readings ADD COLUMN used_at TIMESTAMPTZ NOT NULL DEFAULT '2026-11-22 00:00:00+00:00';
CREATE INDEX readings_used ON readings (used_at);

-- +goose Down
DROP INDEX readings_used;
ALTER TABLE readings DROP COLUMN used_at;
