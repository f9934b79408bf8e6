UPDATE ort_channels
SET oldest_sequence = @trim_point,
    trimmed_bytes = (SELECT end_bytes FROM ort_publications WHERE channel_id = @channel_id AND sequence = @trim_point - 1)
WHERE id = @channel_id;
