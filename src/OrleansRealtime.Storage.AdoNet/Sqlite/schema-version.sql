SELECT coalesce(max(version), 0) FROM ort_schema;
