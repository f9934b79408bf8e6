INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms)
SELECT *
FROM unnest(@channel_ids, @senders, @message_ids, @sequences, @times_ms);
