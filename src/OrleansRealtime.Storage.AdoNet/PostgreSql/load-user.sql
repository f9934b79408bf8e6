SELECT version, is_banned, banned_until_ms, ban_reason, banned_by, tokens_revoked_before_ms, status, last_seen_ms
FROM ort_users
WHERE user_id = @user_id;
