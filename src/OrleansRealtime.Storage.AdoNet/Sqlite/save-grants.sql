-- Takes the place of the version before it, and of no other.
INSERT INTO ort_grants (channel, version, entries)
SELECT @channel, @version, @entries
WHERE @version = 1 OR EXISTS (SELECT 1 FROM ort_grants WHERE channel = @channel)
ON CONFLICT (channel) DO UPDATE SET version = excluded.version, entries = excluded.entries
WHERE ort_grants.version = excluded.version - 1;
