-- Design criteria
--
-- 1. An acknowledged publication costs as few writes as can be: one row and one key in ort_publications, one row
--    for its message id if it has one, and one update of its channel per batch. Everything else is derived when read.
-- 2. Two owners of a channel cannot both win: (channel_id, sequence) is the primary key, and a channel has one epoch for its
--    whole life, so (channel, epoch, sequence) is unique. Ids are never used again (identity), so that a channel that an
--    operator deletes and that comes back with a new epoch shares nothing with the old one.
-- 3. A message id outlives its publication, so it has a table of its own. Its rows are in the order of arrival, which lets
--    the trimmer walk from the oldest.
-- 4. end_bytes is the sum of payload bytes of the channel up to and including the row. The bytes between two publications are
--    a subtraction, for reading and for trimming.
-- 5. Retention stands with the channel, so that also a channel that nobody opens again is trimmed.
-- 6. Times are Unix milliseconds in UTC. Texts compare by code point ("C"), as they do in SQLite and in the program, which locks
--    channels in that order. Channels leave more than half of their pages empty, so that one transaction can
--    update all channels of a page in place, which touches no index.

CREATE TABLE ort_channels
(
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text COLLATE "C" NOT NULL UNIQUE,
    epoch           text    NOT NULL,
    fence           bigint NOT NULL,
    last_sequence   bigint NOT NULL,
    oldest_sequence bigint NOT NULL, -- from which everything to the last is stored
    total_bytes     bigint NOT NULL, -- end_bytes of the last publication
    trimmed_bytes   bigint NOT NULL, -- end_bytes of the publication before the oldest
    retain_count    bigint,          -- null until a retention was set
    retain_bytes    bigint,
    retain_age_ms   bigint,
    is_compact      boolean NOT NULL DEFAULT false
) WITH (fillfactor = 40);

CREATE TABLE ort_publications
(
    channel_id bigint NOT NULL,
    sequence   bigint NOT NULL,
    end_bytes  bigint NOT NULL,
    time_ms    bigint NOT NULL,
    kind       smallint NOT NULL, -- PayloadKind: 0 JSON, 1 binary
    sender     text COLLATE "C"    NOT NULL,
    message_id text COLLATE "C",
    key        text COLLATE "C",
    payload    bytea   NOT NULL,
    PRIMARY KEY (channel_id, sequence)
);

CREATE INDEX ort_publications_by_key ON ort_publications (channel_id, key, sequence) WHERE key IS NOT NULL;

CREATE TABLE ort_message_ids
(
    id         bigint GENERATED ALWAYS AS IDENTITY,
    channel_id bigint NOT NULL,
    sender     text COLLATE "C"    NOT NULL,
    message_id text COLLATE "C"    NOT NULL,
    sequence   bigint NOT NULL,
    time_ms    bigint NOT NULL,
    PRIMARY KEY (channel_id, sender, message_id)
);

CREATE INDEX ort_message_ids_by_id ON ort_message_ids (id);

CREATE TABLE ort_grants
(
    channel text COLLATE "C"    NOT NULL PRIMARY KEY,
    version bigint NOT NULL,
    entries text    NOT NULL -- JSON: {"user": [allowed, denied]}
);

CREATE TABLE ort_users
(
    user_id                  text COLLATE "C"    NOT NULL PRIMARY KEY,
    version                  bigint NOT NULL,
    is_banned                boolean NOT NULL,
    banned_until_ms          bigint, -- null: for good
    ban_reason               text,
    banned_by                text,
    tokens_revoked_before_ms bigint,
    status                   text    NOT NULL,
    last_seen_ms             bigint
);
