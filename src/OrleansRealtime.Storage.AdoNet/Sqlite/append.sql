-- Advances one channel if fence and first sequence are its own; no row is returned if they are not.
UPDATE ort_channels
SET last_sequence = @last_sequence, total_bytes = total_bytes + @bytes
WHERE name = @name AND fence = @fence AND last_sequence = @first_sequence - 1
RETURNING id, name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes, retain_count, retain_bytes;
