-- Whose kernels a unit is computed with: portable, as every source made so far, or the names of the
-- native kernels. A worker has one of them.
ALTER TABLE unit ADD COLUMN kernels TEXT NOT NULL DEFAULT 'portable' CHECK (kernels <> '');
DROP INDEX unit_ready_model;
CREATE INDEX unit_ready_model ON unit (model_id, compute, kernels, priority DESC, turn, id)
  WHERE state = 'ready';

-- What the daemon's workers have for native numerics: the kernels' names, or why there are none;
-- neither where nobody has looked.
ALTER TABLE worker_cpu ADD COLUMN kernels TEXT;
ALTER TABLE worker_cpu ADD COLUMN lacks TEXT CHECK (kernels IS NULL OR lacks IS NULL);
