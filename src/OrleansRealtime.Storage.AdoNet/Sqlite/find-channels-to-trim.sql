-- Walks all channels by id. trims says whether anything of the channel exceeds its retention.
SELECT c.id, c.name,
       c.last_sequence - c.oldest_sequence + 1 > c.retain_count
           OR c.total_bytes - c.trimmed_bytes > c.retain_bytes
           OR p.time_ms < @now_ms - c.retain_age_ms AS trims
FROM ort_channels AS c
LEFT JOIN ort_publications AS p ON p.channel_id = c.id AND p.sequence = c.oldest_sequence
WHERE c.id > @after
ORDER BY c.id
LIMIT @limit;
