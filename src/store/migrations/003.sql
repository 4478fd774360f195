-- The whole bead: every field, edges with their data, comments, tombstones, settings, imported lines.
-- Columns are what is filtered, sorted or decided by; `more` is the rest as one JSON value.
DROP INDEX beads_by_work;
DROP INDEX beads_by_age;
DROP INDEX beads_by_rig;

ALTER TABLE beads ADD COLUMN design TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN acceptance TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN spec_id TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN external_ref TEXT NOT NULL DEFAULT '';
ALTER TABLE beads ADD COLUMN estimate INTEGER;
ALTER TABLE beads ADD COLUMN started_at INTEGER;
ALTER TABLE beads ADD COLUMN due_at INTEGER;
ALTER TABLE beads ADD COLUMN defer_until INTEGER;
ALTER TABLE beads ADD COLUMN ephemeral INTEGER NOT NULL DEFAULT 0;
ALTER TABLE beads ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE beads ADD COLUMN template INTEGER NOT NULL DEFAULT 0;
-- Closed with a reason that says it failed: what a conditional edge waits for.
ALTER TABLE beads ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE beads ADD COLUMN more TEXT NOT NULL DEFAULT '{}';

-- Work that can be started lies in its own order; a date to come is looked at in passing.
CREATE INDEX beads_ready ON beads (priority, created_at DESC, id, rig, type, defer_until)
WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
CREATE INDEX beads_ready_in_rig ON beads (rig, priority, created_at DESC, id, type, defer_until)
WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
CREATE INDEX beads_ready_by_age ON beads (created_at, id, rig, type, defer_until)
WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
-- What a list shows unless more is asked for.
CREATE INDEX beads_listed ON beads (priority, created_at DESC, id, rig, type)
WHERE pinned = 0 AND template = 0 AND ephemeral = 0 AND status NOT IN ('closed', 'pinned');
CREATE INDEX beads_by_order ON beads (priority, created_at DESC, id);
CREATE INDEX beads_by_status ON beads (status, priority, created_at DESC, id);
CREATE INDEX beads_by_assignee ON beads (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX beads_by_change ON beads (updated_at);
CREATE INDEX beads_by_creation ON beads (created_at);
CREATE INDEX beads_blocked ON beads (priority, created_at DESC, id) WHERE is_blocked = 1;

-- One row a pair. The target may be in another ledger, or not there yet.
CREATE TABLE edges (
    bead TEXT NOT NULL REFERENCES beads (id),
    target TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    metadata TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    PRIMARY KEY (bead, target)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO edges
SELECT d.bead, d.target, d.kind, b.created_at, b.created_by, '', '' FROM deps d JOIN beads b ON b.id = d.bead
ORDER BY d.kind = 'blocks' DESC, d.kind = 'parent-child' DESC;
DROP TABLE deps;
ALTER TABLE edges RENAME TO deps;
CREATE INDEX deps_by_target ON deps (target, kind, bead);

CREATE TABLE comments (
    bead TEXT NOT NULL REFERENCES beads (id),
    id TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (bead, id)
) STRICT, WITHOUT ROWID;

-- What was deleted: its id is never given again.
CREATE TABLE tombstones (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The highest number that a child of a bead ever had.
CREATE TABLE child_counters (
    parent TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Settings of the ledger, and what people and agents keep in it (`kv.*`, `kv.memory.*`).
CREATE TABLE kv (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The lines that beads came in by, so that what nobody edited goes out byte for byte.
-- A line that is no bead (a header, a tombstone) has no bead.
CREATE TABLE imported (
    file TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    bead TEXT,
    line BLOB NOT NULL,
    dialect TEXT NOT NULL,
    hash TEXT NOT NULL,
    dirty INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file, ordinal)
) STRICT;
CREATE INDEX imported_by_bead ON imported (bead) WHERE bead IS NOT NULL;
