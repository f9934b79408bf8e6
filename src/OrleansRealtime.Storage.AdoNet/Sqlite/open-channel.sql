INSERT INTO ort_channels (name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes)
VALUES (@name, @epoch, 1, 0, 1, 0, 0)
ON CONFLICT (name) DO UPDATE SET fence = fence + 1
RETURNING epoch, last_sequence, oldest_sequence, fence;
