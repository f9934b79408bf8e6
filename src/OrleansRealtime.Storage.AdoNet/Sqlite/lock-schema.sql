-- The transaction began IMMEDIATE and so holds the only write lock already.
CREATE TABLE IF NOT EXISTS ort_schema (version INTEGER NOT NULL PRIMARY KEY);
