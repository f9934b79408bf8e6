-- The first publication that no limit drops, at most @limit beyond the oldest, so that one transaction stays small.
SELECT c.id, c.oldest_sequence, c.is_compact,
       coalesce
       (
           (
               SELECT p.sequence
               FROM ort_publications AS p
               WHERE p.channel_id = c.id
                 AND p.sequence >= greatest(c.oldest_sequence, c.last_sequence - c.retain_count + 1)
                 AND p.sequence < c.oldest_sequence + @limit
                 AND p.time_ms >= @now_ms - c.retain_age_ms
                 AND c.total_bytes - p.end_bytes + octet_length(p.payload) <= c.retain_bytes
               ORDER BY p.sequence
               LIMIT 1
           ),
           least(c.last_sequence + 1, c.oldest_sequence + @limit)
       ) AS trim_point
FROM ort_channels AS c
WHERE c.name = @channel AND c.retain_count IS NOT NULL;
