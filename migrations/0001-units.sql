-- "p2p1": tells our file from anybody else's.
-- JSON columns have no CHECK: with trusted_schema off, SQLite 3.40 refuses json_valid() in a schema.
-- Whoever reads them decodes strictly.
PRAGMA application_id = 0x70327031;

CREATE TABLE model (
  id         INTEGER PRIMARY KEY,
  digest     BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  family     TEXT NOT NULL,
  folder     TEXT NOT NULL CHECK (folder GLOB '/*'),
  created_ms INTEGER NOT NULL
) STRICT;

-- What inspection said of a model, a row for every size that somebody asked for.
CREATE TABLE model_facts (
  model_id INTEGER NOT NULL REFERENCES model (id) ON DELETE CASCADE,
  width    INTEGER NOT NULL CHECK (width > 0),
  height   INTEGER NOT NULL CHECK (height > 0),
  facts    TEXT NOT NULL,
  PRIMARY KEY (model_id, width, height)
) STRICT, WITHOUT ROWID;

-- Sources and variants: what has a key, a folder and a run.
CREATE TABLE unit (
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('source', 'variant')),
  key         BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  model_id    INTEGER NOT NULL REFERENCES model (id),
  source_id   INTEGER REFERENCES unit (id),
  steps       INTEGER NOT NULL CHECK (steps BETWEEN 1 AND 1000),
  step        INTEGER NOT NULL DEFAULT 0 CHECK (step BETWEEN 0 AND steps),
  state       TEXT NOT NULL CHECK (state IN
    ('scheduled', 'blocked', 'ready', 'running', 'parked', 'done', 'failed', 'cancelled')),
  priority    INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),
  turn        INTEGER NOT NULL,           -- place in the fair order, in guided steps
  due_ms      INTEGER,                    -- scheduled only
  token       INTEGER,                    -- running only: the fence
  attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  alone       INTEGER NOT NULL DEFAULT 0 CHECK (alone IN (0, 1)),  -- suspected of a crash
  stuck_step  INTEGER,
  stuck_count INTEGER NOT NULL DEFAULT 0 CHECK (stuck_count BETWEEN 0 AND 3),
  error_code  TEXT,
  error_text  TEXT,
  created_ms  INTEGER NOT NULL,
  finished_ms INTEGER,
  manifest    BLOB CHECK (length(manifest) = 32),
  spec        TEXT NOT NULL,  -- resolved; last, because it is long
  CHECK ((kind = 'source') = (source_id IS NULL)),
  CHECK (kind = 'variant' OR state <> 'blocked'),
  CHECK (source_id IS NOT id),
  CHECK ((state = 'running') = (token IS NOT NULL)),
  CHECK ((state = 'scheduled') = (due_ms IS NOT NULL)),
  CHECK ((state IN ('done', 'failed', 'cancelled')) = (finished_ms IS NOT NULL)),
  CHECK ((state = 'done') = (manifest IS NOT NULL)),
  CHECK (state <> 'done' OR step = steps),
  CHECK (state <> 'failed' OR error_code IS NOT NULL)
) STRICT;

-- Partial indexes, so that the claim walks one and stops. An index that leads with the state
-- would win over them and sort every ready row.
CREATE INDEX unit_ready ON unit (priority DESC, turn, id) WHERE state = 'ready';
CREATE INDEX unit_ready_model ON unit (model_id, priority DESC, turn, id) WHERE state = 'ready';
CREATE INDEX unit_ready_source ON unit (source_id, priority DESC, turn, id)
  WHERE state = 'ready' AND kind = 'variant';
CREATE INDEX unit_due ON unit (due_ms) WHERE state = 'scheduled';
CREATE INDEX unit_running ON unit (token) WHERE state = 'running';
CREATE INDEX unit_parked ON unit (priority DESC, turn, id) WHERE state = 'parked';
CREATE INDEX unit_census ON unit (kind, state);
CREATE INDEX unit_of_source ON unit (source_id, state) WHERE source_id IS NOT NULL;
CREATE INDEX unit_of_model ON unit (model_id);

CREATE TABLE attempt (
  id          INTEGER PRIMARY KEY,
  unit_id     INTEGER NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
  token       INTEGER NOT NULL,
  place       TEXT NOT NULL,
  from_step   INTEGER NOT NULL CHECK (from_step >= 0),
  to_step     INTEGER CHECK (to_step >= 0),
  evaluations INTEGER NOT NULL DEFAULT 0,
  ms          REAL NOT NULL DEFAULT 0,
  claimed_ms  INTEGER NOT NULL,
  ended_ms    INTEGER,
  outcome     TEXT CHECK (outcome IN
    ('done', 'parked', 'crashed', 'hung', 'failed', 'cancelled', 'lost')),
  CHECK ((ended_ms IS NULL) = (outcome IS NULL))
) STRICT;
CREATE UNIQUE INDEX attempt_once ON attempt (unit_id, token);
CREATE INDEX attempt_of_order ON attempt (token);

-- One row: what concerns the queue as a whole.
CREATE TABLE control (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  paused       INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
  pause_reason TEXT,
  virtual_turn INTEGER NOT NULL DEFAULT 0,
  next_token   INTEGER NOT NULL DEFAULT 1,
  daemon       TEXT
) STRICT;
INSERT INTO control (id) VALUES (1);
