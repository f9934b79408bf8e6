-- The transaction that this runs in is the only one that writes, so that two processes install one after the other.
-- Orleans' providers read their statements from here, by key; the names of table and columns are theirs.
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
) WITHOUT ROWID;
