INSERT INTO ort_schema (version) VALUES (@version);
