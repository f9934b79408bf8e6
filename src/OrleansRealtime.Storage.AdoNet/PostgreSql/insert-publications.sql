INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
SELECT *
FROM unnest
(
    @channel_ids, @sequences, @end_bytes, @times_ms, @kinds, @senders, @message_ids, @keys, @payloads
);
