SELECT w.ordinal - 1, m.sequence
FROM unnest(@channel_ids, @senders, @message_ids) WITH ORDINALITY AS w (channel_id, sender, message_id, ordinal)
JOIN ort_message_ids AS m
    ON m.channel_id = w.channel_id AND m.sender = w.sender AND m.message_id = w.message_id;
