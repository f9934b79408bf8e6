-- Design criteria
--
-- 1. The state of a grain is one row, read and written by its whole identity: hashes of id and type first, which makes the index
--    narrow to search, then what tells collisions apart.
-- 2. Two activations cannot both create a state: the identity is unique. Nor can they both change it: Version is compared.
-- 3. Table and columns are called as in Orleans' own scripts, so that what its documentation says of them holds here.

CREATE TABLE IF NOT EXISTS OrleansStorage
(
    GrainIdHash            INTEGER NOT NULL,
    GrainIdN0              INTEGER NOT NULL, -- a number or a UUID; 0 where the id is a text
    GrainIdN1              INTEGER NOT NULL,
    GrainTypeHash          INTEGER NOT NULL,
    GrainTypeString        TEXT    NOT NULL,
    GrainIdExtensionString TEXT,             -- the id where it is a text
    ServiceId              TEXT    NOT NULL,
    PayloadBinary          BLOB,             -- null: cleared
    ModifiedOn             TEXT    NOT NULL, -- for people
    Version                INTEGER
);

CREATE UNIQUE INDEX IF NOT EXISTS OrleansStorage_Grain ON OrleansStorage
    (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, coalesce(GrainIdExtensionString, ''), ServiceId);
