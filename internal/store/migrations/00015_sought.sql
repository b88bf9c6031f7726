-- How far a picture is looked for: inside other pictures, or by the print of
-- the whole only; empty for words. See 00001_begin.sql for the types.
-- +goose Up
ALTER TABLE assets ADD COLUMN sought TEXT NOT NULL DEFAULT '';
UPDATE assets SET sought = 'inside' WHERE kind IN ('mark', 'badge', 'photograph');
CREATE INDEX assets_sought ON assets (sought, id);

-- +goose Down
DROP INDEX assets_sought;
ALTER TABLE assets DROP COLUMN sought;
