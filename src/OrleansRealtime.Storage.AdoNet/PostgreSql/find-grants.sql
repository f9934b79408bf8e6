SELECT 1 FROM ort_grants WHERE channel = @channel;
