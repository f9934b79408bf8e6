SELECT p.sequence, p.time_ms, p.sender, p.message_id, p.key, p.kind, p.payload
FROM ort_channels AS c
JOIN ort_publications AS p ON p.channel_id = c.id AND p.key IS NOT NULL
WHERE c.name = @channel AND c.epoch = @epoch
  AND NOT EXISTS
  (
      SELECT 1
      FROM ort_publications AS n
      WHERE n.channel_id = p.channel_id AND n.key = p.key AND n.sequence > p.sequence
  )
ORDER BY p.sequence;
