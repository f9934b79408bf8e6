-- The next step of a walk from the oldest: how far it goes, how many rows it has, and how many of them are too young.
SELECT max(id) FILTER (WHERE time_ms < @cutoff_ms), count(*), count(*) FILTER (WHERE time_ms >= @cutoff_ms)
FROM (SELECT id, time_ms FROM ort_message_ids WHERE id > @after ORDER BY id LIMIT @limit) AS walked;
