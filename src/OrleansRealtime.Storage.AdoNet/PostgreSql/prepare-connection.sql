-- An acknowledged publication must survive a crash, whatever the server or the role was set to. Stronger settings stay.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
