-- The tree: the unit whose first steps a variant shares, and the step where it parts from it.
ALTER TABLE unit ADD COLUMN trunk_id INTEGER REFERENCES unit (id)
  CHECK (trunk_id IS NULL OR (kind = 'variant' AND trunk_id IS NOT id));
ALTER TABLE unit ADD COLUMN trunk_step INTEGER
  CHECK ((trunk_id IS NULL) = (trunk_step IS NULL) AND trunk_step BETWEEN 1 AND steps - 1);
CREATE INDEX unit_of_trunk ON unit (trunk_id, trunk_step) WHERE trunk_id IS NOT NULL;

-- What the tree is planned from: by source and edit prompt, what acts in each variant's steps.
CREATE TABLE signature (
  unit_id   INTEGER PRIMARY KEY REFERENCES unit (id) ON DELETE CASCADE,
  source_id INTEGER NOT NULL REFERENCES unit (id),
  prompt    BLOB NOT NULL CHECK (length(prompt) = 32),
  runs      BLOB NOT NULL CHECK (length(runs) > 0 AND length(runs) % 34 = 0)  -- hash, steps
) STRICT;
CREATE INDEX signature_of_prompt ON signature (source_id, prompt);
