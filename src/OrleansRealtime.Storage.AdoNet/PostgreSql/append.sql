-- The appends of many channels in one statement, and so in one round trip with its commit. An append whose fence or first sequence is
-- not the channel's takes no part and is not among the rows returned. A known message id breaks its uniqueness, and then nothing
-- of the statement happens.
--
-- The arrays are subqueries, which hide their lengths from the planner. Where it sees them, a few appends look cheaper than the plan
-- for all values, and every transaction is planned anew (decision 0067).
WITH taken AS
(
    UPDATE ort_channels AS c
    SET last_sequence = a.last_sequence, total_bytes = c.total_bytes + a.bytes
    FROM unnest
        (
            (SELECT @names), (SELECT @fences), (SELECT @first_sequences), (SELECT @last_sequences), (SELECT @bytes)
        ) WITH ORDINALITY
        AS a (name, fence, first_sequence, last_sequence, bytes, ordinal)
    WHERE c.name = a.name AND c.fence = a.fence AND c.last_sequence = a.first_sequence - 1
    RETURNING a.ordinal, c.total_bytes - a.bytes AS bytes_before, c.id, c.name, c.epoch, c.fence, c.last_sequence,
        c.oldest_sequence, c.total_bytes, c.trimmed_bytes, c.retain_count, c.retain_bytes
),
publications AS
(
    INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
    SELECT t.id, r.sequence, t.bytes_before + r.bytes, r.time_ms, r.kind, r.sender, r.message_id, r.key, r.payload
    FROM unnest
        (
            (SELECT @appends), (SELECT @sequences), (SELECT @bytes_within), (SELECT @times_ms), (SELECT @kinds), (SELECT @senders),
            (SELECT @message_ids), (SELECT @keys), (SELECT @payloads)
        )
        AS r (append, sequence, bytes, time_ms, kind, sender, message_id, key, payload)
    JOIN taken AS t ON t.ordinal = r.append
),
message_ids AS
(
    INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms)
    SELECT t.id, r.sender, r.message_id, r.sequence, r.time_ms
    FROM unnest
        (
            (SELECT @appends), (SELECT @senders), (SELECT @message_ids), (SELECT @sequences), (SELECT @times_ms)
        )
        AS r (append, sender, message_id, sequence, time_ms)
    JOIN taken AS t ON t.ordinal = r.append
    WHERE r.message_id IS NOT NULL
)
SELECT id, name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes, retain_count, retain_bytes
FROM taken;
