SELECT version, entries FROM ort_grants WHERE channel = @channel;
