-- Readers do not wait for the writer, nor the writer for readers. The mode is a property of the file and stays.
PRAGMA journal_mode = WAL;
