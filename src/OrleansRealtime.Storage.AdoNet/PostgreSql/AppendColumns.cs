using System.Data.Common;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.PostgreSql;

/// <summary>Lays out appends as the arrays of <c>append.sql</c>: one row per append, and one per publication.</summary>
internal static class AppendColumns
{
    /// <summary>Sets the values of the statement.</summary>
    public static DbCommand Set(DbCommand statement, OptimisticAppends appends)
    {
        var requests = appends.Requests;
        var names = new string[requests.Count];
        var fences = new long[requests.Count];
        var firsts = new long[requests.Count];
        var lasts = new long[requests.Count];
        var bytes = new long[requests.Count];
        var rows = new Rows(appends.PublicationCount);
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            names[i] = request.Channel.Value;
            fences[i] = request.Fence.Number;
            firsts[i] = request.Batch[0].Sequence;
            lasts[i] = request.Batch[^1].Sequence;
            bytes[i] = rows.Add(ordinal: i + 1, request);
        }

        statement
            .SetColumn("names", names)
            .SetColumn("fences", fences)
            .SetColumn("first_sequences", firsts)
            .SetColumn("last_sequences", lasts)
            .SetColumn("bytes", bytes);
        return rows.Set(statement);
    }

    private sealed class Rows(int count)
    {
        private readonly long[] _appends = new long[count];
        private readonly long[] _sequences = new long[count];
        private readonly long[] _bytesWithin = new long[count];
        private readonly long[] _times = new long[count];
        private readonly short[] _kinds = new short[count];
        private readonly string[] _senders = new string[count];
        private readonly string?[] _messageIds = new string?[count];
        private readonly string?[] _keys = new string?[count];
        private readonly byte[][] _payloads = new byte[count][];
        private int _next;

        /// <summary>Adds the publications of an append, and returns how many bytes they have.</summary>
        public long Add(long ordinal, AppendRequest request)
        {
            var bytes = 0L;
            foreach (var publication in request.Batch)
            {
                bytes += publication.Payload.Length;
                _appends[_next] = ordinal;
                _sequences[_next] = publication.Sequence;
                _bytesWithin[_next] = bytes;
                _times[_next] = publication.Time.ToUnixTimeMilliseconds();
                _kinds[_next] = (short)publication.Payload.Kind;
                _senders[_next] = publication.From.Value;
                _messageIds[_next] = publication.MessageId;
                _keys[_next] = publication.Key;
                _payloads[_next] = publication.Payload.Bytes.ToArray();
                _next++;
            }

            return bytes;
        }

        public DbCommand Set(DbCommand statement) => statement
            .SetColumn("appends", _appends)
            .SetColumn("sequences", _sequences)
            .SetColumn("bytes_within", _bytesWithin)
            .SetColumn("times_ms", _times)
            .SetColumn("kinds", _kinds)
            .SetColumn("senders", _senders)
            .SetColumn("message_ids", _messageIds)
            .SetColumn("keys", _keys)
            .SetColumn("payloads", _payloads);
    }
}
