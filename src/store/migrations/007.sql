-- The merge queue works in batches: requests are stacked, tested and landed together.
-- What was under way alone is taken up anew; nothing has moved that is not recorded.

-- Why nothing of it lands, as JSON.
ALTER TABLE rigs ADD COLUMN stopped TEXT;
ALTER TABLE rigs ADD COLUMN batch_window INTEGER NOT NULL DEFAULT 0;

ALTER TABLE merges ADD COLUMN batch TEXT;
ALTER TABLE merges ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
-- The conflict that kept it from being stacked, as JSON.
ALTER TABLE merges ADD COLUMN conflict TEXT;
ALTER TABLE merges DROP COLUMN gate;
CREATE INDEX merges_by_batch ON merges (batch);
UPDATE merges SET phase = 'queued', old = NULL, new = NULL, tree = NULL
WHERE phase IN ('fetching', 'preparing', 'gating', 'landing');
DELETE FROM outbox WHERE kind IN ('candidate', 'gate', 'push', 'advance')
    OR (kind IN ('fetch', 'sync') AND body LIKE '%"merge"%');

CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    rig TEXT NOT NULL REFERENCES rigs (name),
    phase TEXT NOT NULL,
    old TEXT,
    -- The commit that is tested or has landed, and its tree.
    new TEXT,
    tree TEXT,
    -- Members, stack and search, as JSON.
    body TEXT NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX batches_by_phase ON batches (phase, rig);

DROP TABLE gates;
CREATE TABLE gates (
    batch TEXT NOT NULL REFERENCES batches (id),
    at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    took INTEGER NOT NULL,
    job TEXT NOT NULL,
    tail TEXT NOT NULL,
    tree TEXT NOT NULL,
    PRIMARY KEY (batch, at, position)
) STRICT, WITHOUT ROWID;

-- Trees that passed a set of gates.
CREATE TABLE passed_trees (
    rig TEXT NOT NULL,
    tree TEXT NOT NULL,
    gate_set TEXT NOT NULL,
    PRIMARY KEY (rig, tree, gate_set)
) STRICT, WITHOUT ROWID;
