-- What a patrol finds: worktrees that were deleted under their agents, processes that outlived a stop.
ALTER TABLE incarnations ADD COLUMN tree_gone INTEGER;

CREATE TABLE leftovers (
    pid INTEGER NOT NULL,
    started INTEGER NOT NULL,
    command TEXT NOT NULL,
    run TEXT NOT NULL,
    agent TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (pid, started)
) STRICT, WITHOUT ROWID;
