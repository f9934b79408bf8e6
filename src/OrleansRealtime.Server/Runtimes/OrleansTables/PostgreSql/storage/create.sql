-- Design criteria
--
-- 1. The state of a grain is one row, read and written by its whole identity: hashes of id and type first, which makes the index
--    narrow to search, then what tells collisions apart.
-- 2. Two activations cannot both create a state: the identity is unique. Nor can they both change it: Version is compared.
-- 3. Table and columns are called as in Orleans' own scripts, so that what its documentation says of them holds here.

CREATE TABLE IF NOT EXISTS OrleansStorage
(
    GrainIdHash            integer      NOT NULL,
    GrainIdN0              bigint       NOT NULL, -- a number or a UUID; 0 where the id is a text
    GrainIdN1              bigint       NOT NULL,
    GrainTypeHash          integer      NOT NULL,
    GrainTypeString        varchar(512) NOT NULL,
    GrainIdExtensionString varchar(512),          -- the id where it is a text
    ServiceId              varchar(150) NOT NULL,
    PayloadBinary          bytea,                 -- null: cleared
    ModifiedOn             timestamptz  NOT NULL, -- for people
    Version                integer
);

CREATE UNIQUE INDEX IF NOT EXISTS OrleansStorage_Grain ON OrleansStorage
    (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, coalesce(GrainIdExtensionString, ''), ServiceId);
