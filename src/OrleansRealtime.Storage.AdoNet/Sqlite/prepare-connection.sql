-- busy_timeout: another process may write to the same file. synchronous FULL: in WAL mode, NORMAL would lose the last
-- commits in a power cut. 16 MiB of cache; checkpoints after 4 MiB of log (1000 pages) are SQLite's default.
PRAGMA busy_timeout = 5000;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -16384;
