-- The log: transitions, attempts that began at a step, evictions. No step events.
CREATE TABLE event (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms     INTEGER NOT NULL,
  unit_id   INTEGER REFERENCES unit (id) ON DELETE CASCADE,
  kind      TEXT NOT NULL,
  old_state TEXT,
  new_state TEXT,
  step      INTEGER,
  detail    TEXT
) STRICT;
CREATE INDEX event_of_unit ON event (unit_id, id);
