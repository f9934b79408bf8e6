SELECT sequence
FROM ort_message_ids
WHERE channel_id = @channel_id AND sender = @sender AND message_id = @message_id;
