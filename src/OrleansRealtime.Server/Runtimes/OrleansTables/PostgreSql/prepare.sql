-- Two processes that start at once install one after the other. The number is "ort" and "orlea" in hexadecimal.
SELECT pg_advisory_xact_lock(x'6f72746f726c6561'::bigint);

-- Orleans' providers read their statements from here, by key; the names of table and columns are theirs.
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  varchar(64) NOT NULL PRIMARY KEY,
    QueryText text        NOT NULL
);
