-- In the order of names, so that two processes that lock the same channels wait for each other and never deadlock.
SELECT id, name, epoch, fence, last_sequence, oldest_sequence, total_bytes, trimmed_bytes, retain_count, retain_bytes
FROM ort_channels
WHERE name = ANY (@names)
ORDER BY name
FOR UPDATE;
