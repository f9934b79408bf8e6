-- The appends of many channels in one statement, and so in one round trip with its commit. An append whose fence or first sequence is
-- not the channel's takes no part and is not among the rows returned. A known message id breaks its uniqueness, and then nothing
-- of the statement happens.
WITH taken AS
(
    UPDATE ort_channels AS c
    SET last_sequence = a.last_sequence, total_bytes = c.total_bytes + a.bytes
    FROM unnest(@names, @fences, @first_sequences, @last_sequences, @bytes) WITH ORDINALITY
        AS a (name, fence, first_sequence, last_sequence, bytes, ordinal)
    WHERE c.name = a.name AND c.fence = a.fence AND c.last_sequence = a.first_sequence - 1
    RETURNING a.ordinal, c.total_bytes - a.bytes AS bytes_before, c.id, c.name, c.epoch, c.fence, c.last_sequence,
        c.oldest_sequence, c.total_bytes, c.trimmed_bytes, c.retain_count, c.retain_bytes
),
publications AS
(
    INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
    SELECT t.id, r.sequence, t.bytes_before + r.bytes, r.time_ms, r.kind, r.sender, r.message_id, r.key, r.payload
    FROM unnest(@appends, @sequences, @bytes_within, @times_ms, @kinds, @senders, @message_ids, @keys, @payloads)
        AS r (append, sequence, bytes, time_ms, kind, sender, message_id, key, payload)
    JOIN taken AS t ON t.ordinal = r.append
),
message_ids AS
(
    INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms)
    SELECT t.id, r.sender, r.message_id, r.sequence, r.time_ms
    FROM unnest(@appends, @senders, @message_ids, @sequences, @times_ms)
        AS r (append, sender, message_id, sequence, time_ms)
    JOIN taken AS t ON t.ordinal = r.append
    WHERE r.message_id IS NOT NULL
)
SELECT id, name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes, retain_count, retain_bytes
FROM taken;
