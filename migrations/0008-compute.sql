-- What a unit is computed with, which every source made so far names f32: a worker has its model's
-- weights in the layout of one compute type.
ALTER TABLE unit ADD COLUMN compute TEXT NOT NULL DEFAULT 'f32'
  CHECK (compute IN ('f32', 'bf16'));
DROP INDEX unit_ready_model;
CREATE INDEX unit_ready_model ON unit (model_id, compute, priority DESC, turn, id)
  WHERE state = 'ready';

-- What the daemon's workers compute on.
CREATE TABLE worker_cpu (
  place   TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  bf16    INTEGER NOT NULL CHECK (bf16 IN (0, 1)),
  seen_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
