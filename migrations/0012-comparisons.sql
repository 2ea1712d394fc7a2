-- How near a variant came to the plain re-prompt of its source: what two finished units say together,
-- and neither of them alone. Without a number where there is no inside.
CREATE TABLE comparison (
  variant_id  INTEGER NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
  reprompt_id INTEGER NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
  psnr_inside REAL,  -- decibels inside the mask of the edit; infinite for equal ones
  PRIMARY KEY (variant_id, reprompt_id)
) STRICT, WITHOUT ROWID;
