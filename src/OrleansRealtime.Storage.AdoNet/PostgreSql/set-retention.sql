UPDATE ort_channels
SET retain_count = @retain_count, retain_bytes = @retain_bytes, retain_age_ms = @retain_age_ms, is_compact = @is_compact
WHERE name = @channel;
