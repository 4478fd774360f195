-- The first ledger. Never edited after release; a later version adds a file.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rigs (
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    prefix TEXT NOT NULL UNIQUE,
    wanted TEXT,
    target TEXT NOT NULL,
    phase TEXT NOT NULL,
    note TEXT,
    test_hint TEXT,
    tip TEXT,
    fetched_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE beads (
    id TEXT PRIMARY KEY,
    rig TEXT REFERENCES rigs (name),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    type TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 4),
    assignee TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    close_reason TEXT,
    is_blocked INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX beads_by_work ON beads (status, is_blocked, priority, created_at, id);
CREATE INDEX beads_by_age ON beads (priority, created_at DESC, id);
CREATE INDEX beads_by_rig ON beads (rig, status, is_blocked);

-- How many beads stand where, kept by the database itself so that counting costs nothing.
CREATE TABLE bead_counts (
    rig TEXT NOT NULL,
    status TEXT NOT NULL,
    is_blocked INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (rig, status, is_blocked)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER beads_counted_in AFTER INSERT ON beads BEGIN
    INSERT INTO bead_counts VALUES (coalesce(new.rig, ''), new.status, new.is_blocked, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER beads_counted_over AFTER UPDATE OF rig, status, is_blocked ON beads
WHEN old.rig IS NOT new.rig OR old.status <> new.status OR old.is_blocked <> new.is_blocked BEGIN
    UPDATE bead_counts SET count = count - 1
    WHERE rig = coalesce(old.rig, '') AND status = old.status AND is_blocked = old.is_blocked;
    INSERT INTO bead_counts VALUES (coalesce(new.rig, ''), new.status, new.is_blocked, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER beads_counted_out AFTER DELETE ON beads BEGIN
    UPDATE bead_counts SET count = count - 1
    WHERE rig = coalesce(old.rig, '') AND status = old.status AND is_blocked = old.is_blocked;
END;

CREATE TABLE labels (
    bead TEXT NOT NULL REFERENCES beads (id),
    label TEXT NOT NULL,
    PRIMARY KEY (bead, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_by_label ON labels (label);

CREATE TABLE deps (
    bead TEXT NOT NULL REFERENCES beads (id),
    target TEXT NOT NULL REFERENCES beads (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (bead, target, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX deps_by_target ON deps (target, kind);

CREATE TABLE convoys (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    title TEXT NOT NULL,
    notify TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE TABLE convoy_beads (
    convoy TEXT NOT NULL REFERENCES convoys (id),
    bead TEXT NOT NULL REFERENCES beads (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (convoy, bead)
) STRICT, WITHOUT ROWID;
CREATE INDEX convoy_beads_by_bead ON convoy_beads (bead);

CREATE TABLE incarnations (
    id TEXT PRIMARY KEY,
    rig TEXT NOT NULL REFERENCES rigs (name),
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    alias TEXT NOT NULL,
    bead TEXT NOT NULL REFERENCES beads (id),
    branch TEXT NOT NULL,
    phase TEXT NOT NULL,
    base TEXT,
    start TEXT,
    origin TEXT,
    attempt INTEGER NOT NULL,
    sent_back TEXT,
    worktree TEXT NOT NULL,
    state TEXT NOT NULL,
    evidence TEXT NOT NULL,
    since INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    crashes TEXT NOT NULL,
    restart_at INTEGER,
    stop_at INTEGER,
    ending TEXT,
    note TEXT,
    rescue TEXT,
    trash TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (rig, name, number)
) STRICT;
CREATE INDEX incarnations_by_phase ON incarnations (phase);
CREATE INDEX incarnations_by_bead ON incarnations (bead);

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    incarnation TEXT NOT NULL REFERENCES incarnations (id),
    phase TEXT NOT NULL,
    pid INTEGER,
    pid_started INTEGER,
    token_hash TEXT,
    exit TEXT,
    started_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE INDEX runs_by_token ON runs (token_hash);
CREATE INDEX runs_by_phase ON runs (phase);

CREATE TABLE merges (
    id TEXT PRIMARY KEY,
    rig TEXT NOT NULL REFERENCES rigs (name),
    bead TEXT NOT NULL REFERENCES beads (id),
    author TEXT NOT NULL,
    incarnation TEXT NOT NULL REFERENCES incarnations (id),
    branch TEXT NOT NULL,
    tip TEXT NOT NULL,
    base TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    phase TEXT NOT NULL,
    reason TEXT,
    old TEXT,
    new TEXT,
    tree TEXT,
    gate INTEGER NOT NULL,
    races INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX merges_by_phase ON merges (phase, rig);
CREATE INDEX merges_by_bead ON merges (bead);
CREATE INDEX merges_by_end ON merges (ended_at);

CREATE TABLE gates (
    merge TEXT NOT NULL REFERENCES merges (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    took INTEGER NOT NULL,
    job TEXT NOT NULL,
    tail TEXT NOT NULL,
    tree TEXT NOT NULL,
    PRIMARY KEY (merge, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE nudges (
    id TEXT PRIMARY KEY,
    incarnation TEXT NOT NULL REFERENCES incarnations (id),
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    phase TEXT NOT NULL,
    step TEXT NOT NULL,
    reason TEXT,
    deadline INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX nudges_by_phase ON nudges (phase, incarnation);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    cause TEXT NOT NULL,
    rig TEXT,
    bead TEXT,
    type TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_bead ON events (bead, seq);
CREATE INDEX events_by_actor ON events (actor, seq);
CREATE INDEX events_by_time ON events (at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    incarnation TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_incarnation ON outbox (incarnation);
