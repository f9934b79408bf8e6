-- LIMIT keeps the planner from joining the other way round: without statistics it would read the whole table for a few ids.
SELECT w.ordinal - 1, m.sequence
FROM unnest(@channel_ids, @senders, @message_ids) WITH ORDINALITY AS w (channel_id, sender, message_id, ordinal)
CROSS JOIN LATERAL
(
    SELECT i.sequence
    FROM ort_message_ids AS i
    WHERE i.channel_id = w.channel_id AND i.sender = w.sender AND i.message_id = w.message_id
    LIMIT 1
) AS m;
