-- What was found of models with every path that was read or looked for, each with its stamp: good while
-- all of them stay as they are. What was remembered with less than that is forgotten.
DROP TABLE inspection;
CREATE TABLE inspection (
  folder     TEXT NOT NULL CHECK (folder GLOB '/*'),
  size       TEXT NOT NULL,
  answer     TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (folder, size)
) STRICT, WITHOUT ROWID;
