-- One that is there already was put there by an administrator or an earlier version, and fits the tables that are there.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES (@QueryKey, @QueryText) ON CONFLICT DO NOTHING;
