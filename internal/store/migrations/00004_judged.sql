-- Which assets the decided cases stood on, for each asset's measured
-- precision. See 00001_begin.sql for the types.
-- +goose Up
CREATE TABLE judged (
    asset_id TEXT NOT NULL REFERENCES assets (id),
    case_id  TEXT NOT NULL REFERENCES cases (id),
    PRIMARY KEY (asset_id, case_id)
);
CREATE INDEX judged_case ON judged (case_id);

-- An id stands in the list of matched ones between quotation marks.
INSERT INTO judged (asset_id, case_id)
SELECT a.id, c.id
FROM cases c JOIN verdicts v ON v.id = c.verdict_id
    JOIN assets a ON REPLACE(CAST(v.matched AS VARCHAR), '"' || a.id || '"', '') <> CAST(v.matched AS VARCHAR)
WHERE EXISTS (SELECT 1 FROM decisions d WHERE d.case_id = c.id);

-- +goose Down
DROP TABLE judged;
