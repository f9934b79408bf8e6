-- Design criteria
--
-- 1. An acknowledged publication costs as few writes as can be: one row in the clustered key of ort_publications, one row
--    for its message id if it has one, and one update of its channel per batch. Everything else is derived when read.
-- 2. Two owners of a channel cannot both win: (channel_id, sequence) is the primary key, and a channel has one epoch for its
--    whole life, so (channel, epoch, sequence) is unique. Ids are never used again (AUTOINCREMENT), so that a channel that an
--    operator deletes and that comes back with a new epoch shares nothing with the old one.
-- 3. A message id outlives its publication, so it has a table of its own. Its rows are in the order of arrival, which lets
--    the trimmer walk from the oldest without another index.
-- 4. end_bytes is the sum of payload bytes of the channel up to and including the row. The bytes between two publications are
--    a subtraction, for reading and for trimming.
-- 5. Retention stands with the channel, so that also a channel that nobody opens again is trimmed.
-- 6. Times are Unix milliseconds in UTC.

CREATE TABLE ort_channels
(
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL UNIQUE,
    epoch           TEXT    NOT NULL,
    fence           INTEGER NOT NULL,
    last_sequence   INTEGER NOT NULL,
    oldest_sequence INTEGER NOT NULL, -- from which everything to the last is stored
    total_bytes     INTEGER NOT NULL, -- end_bytes of the last publication
    trimmed_bytes   INTEGER NOT NULL, -- end_bytes of the publication before the oldest
    retain_count    INTEGER,          -- null until a retention was set
    retain_bytes    INTEGER,
    retain_age_ms   INTEGER,
    is_compact      INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE ort_publications
(
    channel_id INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    end_bytes  INTEGER NOT NULL,
    time_ms    INTEGER NOT NULL,
    kind       INTEGER NOT NULL, -- PayloadKind: 0 JSON, 1 binary
    sender     TEXT    NOT NULL,
    message_id TEXT,
    key        TEXT,
    payload    BLOB    NOT NULL,
    PRIMARY KEY (channel_id, sequence)
) WITHOUT ROWID;

CREATE INDEX ort_publications_by_key ON ort_publications (channel_id, key, sequence) WHERE key IS NOT NULL;

CREATE TABLE ort_message_ids
(
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id INTEGER NOT NULL,
    sender     TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    time_ms    INTEGER NOT NULL,
    UNIQUE (channel_id, sender, message_id)
);

CREATE TABLE ort_grants
(
    channel TEXT    NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    entries TEXT    NOT NULL -- JSON: {"user": [allowed, denied]}
) WITHOUT ROWID;

CREATE TABLE ort_users
(
    user_id                  TEXT    NOT NULL PRIMARY KEY,
    version                  INTEGER NOT NULL,
    is_banned                INTEGER NOT NULL,
    banned_until_ms          INTEGER, -- null: for good
    ban_reason               TEXT,
    banned_by                TEXT,
    tokens_revoked_before_ms INTEGER,
    status                   TEXT    NOT NULL,
    last_seen_ms             INTEGER
) WITHOUT ROWID;
