UPDATE ort_channels AS c
SET last_sequence = a.last_sequence, total_bytes = a.total_bytes
FROM unnest(@channel_ids, @last_sequences, @total_bytes) AS a (channel_id, last_sequence, total_bytes)
WHERE c.id = a.channel_id;
