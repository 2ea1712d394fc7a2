CREATE TABLE sweep (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64
    AND name NOT GLOB '*[^0-9a-z._-]*' AND name NOT GLOB '[.-]*'),
  owner_uid    INTEGER NOT NULL,
  client_key   TEXT CHECK (length(client_key) BETWEEN 1 AND 200),
  request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
  request      TEXT NOT NULL,
  axes         TEXT NOT NULL,
  priority     INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),
  created_ms   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sweep_client_key ON sweep (owner_uid, client_key)
  WHERE client_key IS NOT NULL;
CREATE INDEX sweep_name ON sweep (name, id);

-- A cell is its coordinates; row, column and page are presentation.
CREATE TABLE cell (
  id           INTEGER PRIMARY KEY,
  sweep_id     INTEGER NOT NULL REFERENCES sweep (id) ON DELETE CASCADE,
  role         TEXT NOT NULL CHECK (role IN ('cell', 'reprompt')),
  coord        TEXT NOT NULL,
  row          INTEGER NOT NULL CHECK (row >= 0),
  col          INTEGER NOT NULL CHECK (col >= 0),
  page         INTEGER NOT NULL CHECK (page >= 0),
  label        TEXT NOT NULL,
  unit_id      INTEGER NOT NULL REFERENCES unit (id),
  cancelled_ms INTEGER,
  UNIQUE (sweep_id, role, coord)
) STRICT;
CREATE INDEX cell_wants ON cell (unit_id) WHERE cancelled_ms IS NULL;
CREATE INDEX cell_unit ON cell (unit_id);
