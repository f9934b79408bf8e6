-- Starts at the first contiguous publication that is wanted: what a compact channel keeps for its keys lies before it.
WITH first AS
(
    SELECT p.channel_id, p.sequence, p.end_bytes - octet_length(p.payload) AS start_bytes
    FROM ort_channels AS c
    JOIN ort_publications AS p ON p.channel_id = c.id AND p.sequence = greatest(@first, c.oldest_sequence)
    WHERE c.name = @channel AND c.epoch = @epoch
)
SELECT p.sequence, p.time_ms, p.sender, p.message_id, p.key, p.kind, p.payload
FROM first AS f
JOIN ort_publications AS p ON p.channel_id = f.channel_id AND p.sequence BETWEEN f.sequence AND @through
WHERE p.sequence < f.sequence + @max_count
  AND (p.sequence = f.sequence OR p.end_bytes - f.start_bytes <= @max_bytes)
ORDER BY p.sequence;
