-- A line without a bead is found by what it says, not by reading every line of its file.
CREATE INDEX imported_by_hash ON imported (hash) WHERE bead IS NULL;

-- Whether the operator chose the prefix of a rig, or it was made from its name.
ALTER TABLE rigs ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0;
