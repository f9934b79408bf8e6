using System.Collections.Immutable;
using System.Data.Common;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Reads the publications that a statement selects.</summary>
internal static class PublicationReader
{
    /// <summary>Runs a statement with the columns sequence, time_ms, sender, message_id, key, kind, payload.</summary>
    public static async ValueTask<ImmutableArray<Publication>> ReadAsync(
        StorageConnection connection, DbCommand statement, CancellationToken cancellationToken)
    {
        var publications = ImmutableArray.CreateBuilder<Publication>();
        var reader = await connection.ReadAsync(statement, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                publications.Add(Read(reader));
            }
        }

        return publications.DrainToImmutable();
    }

    private static Publication Read(DbDataReader reader) => new(
        reader.GetInt64(0),
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
        Sender.FromValue(reader.GetString(2)),
        reader.GetText(3),
        reader.GetText(4),
        new Payload(reader.GetFieldValue<byte[]>(6), (PayloadKind)reader.GetInt64(5)));
}
