UPDATE ort_channels SET last_sequence = @last_sequence, total_bytes = @total_bytes WHERE id = @channel_id;
