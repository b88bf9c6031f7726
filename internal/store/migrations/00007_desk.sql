-- Cases of several sources, held and handed on; decisions made together, by
-- the policy, or in place of others. See 00001_begin.sql for the types.
-- +goose Up
ALTER TABLE cases ADD COLUMN source TEXT NOT NULL DEFAULT 'screening';
ALTER TABLE cases ADD COLUMN desk TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN hold JSON NOT NULL DEFAULT 'null';
ALTER TABLE cases ADD COLUMN held_until TIMESTAMPTZ;
ALTER TABLE cases ADD COLUMN asked_id TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN appeal_of TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN barred JSON NOT NULL DEFAULT 'null';
DROP INDEX cases_one_open;
CREATE UNIQUE INDEX cases_one_open ON cases (listing_id, source) WHERE state = 'open';

ALTER TABLE decisions ADD COLUMN automated BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE decisions ADD COLUMN group_id TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN reverses TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN was TEXT NOT NULL DEFAULT '';
CREATE INDEX decisions_group ON decisions (group_id, created_at, id) WHERE group_id <> '';

-- +goose Down
DROP INDEX decisions_group;
ALTER TABLE decisions DROP COLUMN was;
ALTER TABLE decisions DROP COLUMN reverses;
ALTER TABLE decisions DROP COLUMN group_id;
ALTER TABLE decisions DROP COLUMN automated;
DROP INDEX cases_one_open;
DELETE FROM decisions WHERE case_id IN (SELECT id FROM cases WHERE source <> 'screening');
DELETE FROM judged WHERE case_id IN (SELECT id FROM cases WHERE source <> 'screening');
DELETE FROM cases WHERE source <> 'screening';
CREATE UNIQUE INDEX cases_one_open ON cases (listing_id) WHERE state = 'open';
ALTER TABLE cases DROP COLUMN barred;
ALTER TABLE cases DROP COLUMN appeal_of;
ALTER TABLE cases DROP COLUMN asked_id;
ALTER TABLE cases DROP COLUMN held_until;
ALTER TABLE cases DROP COLUMN hold;
ALTER TABLE cases DROP COLUMN severity;
ALTER TABLE cases DROP COLUMN desk;
ALTER TABLE cases DROP COLUMN source;
