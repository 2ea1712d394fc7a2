-- A paused sweep's units wait, unless a sweep that is not paused wants them too.
ALTER TABLE sweep ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1));
CREATE INDEX sweep_paused ON sweep (id) WHERE paused = 1;

-- What was asked for some cells alone; NULL is as urgent as the sweep.
ALTER TABLE cell ADD COLUMN priority INTEGER CHECK (priority BETWEEN -100 AND 100);
