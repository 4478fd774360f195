-- Ready work is told from its index alone, the number of it too: rows are read only of what is shown.
DROP INDEX beads_ready;
DROP INDEX beads_ready_in_rig;
DROP INDEX beads_ready_by_age;
CREATE INDEX beads_ready ON beads (
    priority, created_at DESC, id, rig, type, defer_until, status, is_blocked, ephemeral, pinned, template
) WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
CREATE INDEX beads_ready_in_rig ON beads (
    rig, priority, created_at DESC, id, type, defer_until, status, is_blocked, ephemeral, pinned, template
) WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
CREATE INDEX beads_ready_by_age ON beads (
    created_at, id, rig, type, priority, defer_until, status, is_blocked, ephemeral, pinned, template
) WHERE is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred');
-- Whose parent is put off: the way up, and the few that have a date, are small enough to stay in memory.
CREATE INDEX deps_up ON deps (bead, target) WHERE kind = 'parent-child';
CREATE INDEX beads_put_off ON beads (id, defer_until) WHERE defer_until IS NOT NULL;
