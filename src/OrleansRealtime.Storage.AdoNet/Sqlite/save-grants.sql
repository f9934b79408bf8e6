-- Takes the place of the version before it, and of no other, unless a higher fence was issued.
INSERT INTO ort_grants (channel, version, entries, fence)
SELECT @channel, @version, @entries, 1
WHERE (@version = 1 AND @fence = 0) OR EXISTS (SELECT 1 FROM ort_grants WHERE channel = @channel)
ON CONFLICT (channel) DO UPDATE SET version = excluded.version, entries = excluded.entries
WHERE ort_grants.version = excluded.version - 1 AND ort_grants.fence = @fence;
