INSERT INTO ort_message_ids (channel_id, sender, message_id, sequence, time_ms)
VALUES (@channel_id, @sender, @message_id, @sequence, @time_ms);
