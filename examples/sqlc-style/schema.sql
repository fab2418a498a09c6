-- What sqlc is to know: the types that the application sees. What the database is given
-- comes from sqlcell.DDL.
CREATE TABLE guests (
  id    INTEGER PRIMARY KEY,
  email TEXT NOT NULL,
  phone TEXT,
  room  INTEGER NOT NULL
);
