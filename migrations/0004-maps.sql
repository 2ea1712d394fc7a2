-- What the attention maps of a source take on disk.
CREATE TABLE source_maps (
  unit_id INTEGER PRIMARY KEY REFERENCES unit (id) ON DELETE CASCADE,
  bytes   INTEGER NOT NULL CHECK (bytes > 0),
  used_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX source_maps_used ON source_maps (used_ms);
