DELETE FROM ort_message_ids
WHERE id > @after AND id <= @through AND time_ms < @cutoff_ms
  AND NOT EXISTS
  (
      SELECT 1
      FROM ort_publications AS p
      WHERE p.channel_id = ort_message_ids.channel_id AND p.sequence = ort_message_ids.sequence
  );
