-- From the very beginning: what an earlier, compact retention kept for its keys goes as well.
DELETE FROM ort_publications
WHERE channel_id = @channel_id AND sequence < @trim_point;
