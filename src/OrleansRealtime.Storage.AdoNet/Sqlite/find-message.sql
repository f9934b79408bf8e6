SELECT c.epoch, m.sequence
FROM ort_channels AS c
JOIN ort_message_ids AS m ON m.channel_id = c.id
WHERE c.name = @channel AND m.sender = @sender AND m.message_id = @message_id;
