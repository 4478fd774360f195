-- What lists look through lies in their index whole, titles included, so that a search reads rows only of what it finds.
DROP INDEX beads_listed;
CREATE INDEX beads_listed ON beads (
    priority, created_at DESC, id, rig, type, status, pinned, template, ephemeral, external_ref, title
) WHERE pinned = 0 AND template = 0 AND ephemeral = 0 AND status NOT IN ('closed', 'pinned');
