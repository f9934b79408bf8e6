-- Takes the place of the version before it, and of no other.
INSERT INTO ort_users
(
    user_id, version, is_banned, banned_until_ms, ban_reason, banned_by, tokens_revoked_before_ms, status, last_seen_ms
)
SELECT @user_id, @version, @is_banned, @banned_until_ms, @ban_reason, @banned_by, @tokens_revoked_before_ms, @status,
       @last_seen_ms
WHERE @version = 1 OR EXISTS (SELECT 1 FROM ort_users WHERE user_id = @user_id)
ON CONFLICT (user_id) DO UPDATE SET
    version = excluded.version,
    is_banned = excluded.is_banned,
    banned_until_ms = excluded.banned_until_ms,
    ban_reason = excluded.ban_reason,
    banned_by = excluded.banned_by,
    tokens_revoked_before_ms = excluded.tokens_revoked_before_ms,
    status = excluded.status,
    last_seen_ms = excluded.last_seen_ms
WHERE ort_users.version = excluded.version - 1;
