INSERT INTO ort_publications (channel_id, sequence, end_bytes, time_ms, kind, sender, message_id, key, payload)
VALUES (@channel_id, @sequence, @end_bytes, @time_ms, @kind, @sender, @message_id, @key, @payload);
