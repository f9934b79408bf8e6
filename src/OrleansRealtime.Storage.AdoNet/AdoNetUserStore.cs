using System.Data.Common;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Core.Users;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Users in a database: one row per user. Safe for concurrent use.</summary>
internal sealed class AdoNetUserStore(LogWriter writer, ReaderPool readers) : IUserStore
{
    // After all channel names, so that the writer changes users after channels in every process.
    private const string SubjectPrefix = "~user:";

    /// <inheritdoc/>
    public ValueTask<UserRecord> LoadAsync(UserId user, CancellationToken cancellationToken) =>
        readers.ReadAsync((connection, token) => LoadAsync(connection, user, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TrySaveAsync(UserId user, UserRecord record, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            new StatementRequest<bool>(
                SubjectPrefix + user.Value,
                lockedChannel: null,
                async (connection, token) =>
                    await connection.ExecuteAsync(Save(connection, user, record), token).ConfigureAwait(false) == 1),
            cancellationToken);

    private static DbCommand Save(StorageConnection connection, UserId user, UserRecord record) =>
        connection.Statement("save-user")
            .Set("user_id", user.Value)
            .Set("version", record.Version)
            .Set("is_banned", record.Ban is not null)
            .Set("banned_until_ms", MillisecondsNotBefore(record.Ban?.Until))
            .Set("ban_reason", record.Ban?.Reason)
            .Set("banned_by", record.Ban?.By)
            .Set("tokens_revoked_before_ms", MillisecondsNotBefore(record.TokensRevokedBefore))
            .Set("status", record.Status)
            .Set("last_seen_ms", record.LastSeen?.ToUnixTimeMilliseconds());

    private static async ValueTask<UserRecord> LoadAsync(
        StorageConnection connection, UserId user, CancellationToken cancellationToken)
    {
        var statement = connection.Statement("load-user").Set("user_id", user.Value);
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Read(reader) : UserRecord.Empty;
        }
    }

    private static UserRecord Read(DbDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetBoolean(1) ? new Ban(Time(reader.GetNumber(2)), reader.GetString(3), reader.GetString(4)) : null,
        Time(reader.GetNumber(5)),
        reader.GetString(6),
        Time(reader.GetNumber(7)));

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    /// <summary>Rounded up: a ban or a revocation must not end earlier because it was stored.</summary>
    private static long? MillisecondsNotBefore(DateTimeOffset? time) =>
        time is not { } value ? null
        : value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? value.ToUnixTimeMilliseconds()
        : value.ToUnixTimeMilliseconds() + 1;
}
