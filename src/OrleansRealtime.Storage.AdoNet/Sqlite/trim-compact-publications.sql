-- Drops what was superseded, and tombstones with all that they ended. What is before @oldest is there for its key only; it
-- goes when the publication that superseded it is trimmed, which keeps a dropped tombstone from bringing its key back.
DELETE FROM ort_publications
WHERE channel_id = @channel_id
  AND sequence < @trim_point
  AND
  (
      sequence >= @oldest
      OR key IN
      (
          SELECT t.key
          FROM ort_publications AS t
          WHERE t.channel_id = @channel_id AND t.sequence >= @oldest AND t.sequence < @trim_point AND t.key IS NOT NULL
      )
  )
  AND
  (
      key IS NULL
      OR (kind = 0 AND payload = x'6E756C6C')
      OR EXISTS
      (
          SELECT 1
          FROM ort_publications AS n
          WHERE n.channel_id = @channel_id AND n.key = ort_publications.key AND n.sequence > ort_publications.sequence
      )
  );
