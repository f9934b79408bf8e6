-- Design criteria
--
-- 1. All silos see the changes of a cluster in one order: each change of a member bumps the cluster's version in the same
--    statement, and one that was decided on an older version does nothing. "I am alive" is no change in this sense.
-- 2. A silo is told from its earlier lives at the same address by its generation.
-- 3. Table and columns are called as in Orleans' own scripts, so that what its documentation says of them holds here.

CREATE TABLE IF NOT EXISTS OrleansMembershipVersionTable
(
    DeploymentId varchar(150)   NOT NULL PRIMARY KEY, -- the cluster id
    Timestamp    timestamptz(3) NOT NULL DEFAULT now(),
    Version      integer        NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS OrleansMembershipTable
(
    DeploymentId varchar(150)   NOT NULL REFERENCES OrleansMembershipVersionTable (DeploymentId),
    Address      varchar(45)    NOT NULL,
    Port         integer        NOT NULL,
    Generation   integer        NOT NULL,
    SiloName     varchar(150)   NOT NULL,
    HostName     varchar(150)   NOT NULL,
    Status       integer        NOT NULL, -- Orleans' SiloStatus: 3 is active, 6 is dead
    ProxyPort    integer,                 -- for Orleans clients; 0 for none
    SuspectTimes text,                    -- silo,time|silo,time|…
    StartTime    timestamptz(3) NOT NULL,
    IAmAliveTime timestamptz(3) NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);
