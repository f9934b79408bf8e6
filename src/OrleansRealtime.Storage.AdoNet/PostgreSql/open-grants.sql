UPDATE ort_grants SET fence = fence + 1 WHERE channel = @channel RETURNING version, entries, fence;
