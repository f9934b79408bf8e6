-- One row per execution. The transaction holds the database's write lock, so what is read here stays true until its end.
SELECT id, name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes, retain_count, retain_bytes
FROM ort_channels
WHERE name = @name;
