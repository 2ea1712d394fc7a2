-- Facts of model folders, good while the stamps of the folder's files stay the same.
CREATE TABLE inspection (
  folder     TEXT NOT NULL CHECK (folder GLOB '/*'),
  size       TEXT NOT NULL,
  stamps     TEXT NOT NULL,
  facts      TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (folder, size)
) STRICT, WITHOUT ROWID;
