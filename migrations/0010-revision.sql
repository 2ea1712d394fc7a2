-- Whose bits a unit has: the revision of the numerics that its source names; 0 where a program wrote
-- the row that did not say.
ALTER TABLE unit ADD COLUMN revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0);
UPDATE unit SET revision = coalesce((
  SELECT CASE WHEN NOT json_valid(s.spec) THEN 0
    WHEN json_type(s.spec, '$.numerics.revision') = 'integer'
    THEN max(0, json_extract(s.spec, '$.numerics.revision')) ELSE 0 END
  FROM unit s WHERE s.id = coalesce(unit.source_id, unit.id)), 0);
CREATE INDEX unit_revision ON unit (revision)
  WHERE state IN ('scheduled', 'blocked', 'ready', 'running', 'parked');

-- The newest revision of all programs that had the table: what it has queued is of this one.
ALTER TABLE control ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- Models of the families that ran so far have latents of four channels; from now on facts say it.
UPDATE model_facts SET facts = json_set(facts, '$.latentChannels', 4)
  WHERE json_valid(facts) AND json_extract(facts, '$.latentChannels') IS NULL;
DELETE FROM inspection;
