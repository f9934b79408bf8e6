-- Two processes that start at once install one after the other. The number is "ort" and the schema's purpose, in hexadecimal.
SELECT pg_advisory_xact_lock(x'6f7274736368656d'::bigint);
CREATE TABLE IF NOT EXISTS ort_schema (version bigint NOT NULL PRIMARY KEY);
