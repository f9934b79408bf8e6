using System.Data;
using System.Data.Common;
using OrleansRealtime.Storage.AdoNet.Writing;

namespace OrleansRealtime.Storage.AdoNet.Sqlite;

/// <summary>Inserts publications and their message ids, a row at a time. For one connection and transaction.</summary>
/// <remarks>Values are set by place, not by name: a search for each of fourteen names would be a good part of a row's cost.</remarks>
internal readonly struct InsertStatements
{
    private readonly DbCommand _publication;
    private readonly DbCommand _messageId;

    /// <summary>Readies the statements of a connection.</summary>
    public InsertStatements(StorageConnection connection)
    {
        _publication = connection.Statement("insert-publications");
        _messageId = connection.Statement("insert-message-ids");
        if (_publication.Parameters.Count > 0)
        {
            return;
        }

        Declare(_publication, "channel_id", DbType.Int64);
        Declare(_publication, "sequence", DbType.Int64);
        Declare(_publication, "end_bytes", DbType.Int64);
        Declare(_publication, "time_ms", DbType.Int64);
        Declare(_publication, "kind", DbType.Int64);
        Declare(_publication, "sender", DbType.String);
        Declare(_publication, "message_id", DbType.String);
        Declare(_publication, "key", DbType.String);
        Declare(_publication, "payload", DbType.Binary);
        Declare(_messageId, "channel_id", DbType.Int64);
        Declare(_messageId, "sender", DbType.String);
        Declare(_messageId, "message_id", DbType.String);
        Declare(_messageId, "sequence", DbType.Int64);
        Declare(_messageId, "time_ms", DbType.Int64);
    }

    /// <summary>Inserts one.</summary>
    public void Run(in StagedPublication staged)
    {
        var publication = staged.Publication;
        object channel = staged.ChannelId;
        object sequence = publication.Sequence;
        object time = publication.Time.ToUnixTimeMilliseconds();
        var sender = publication.From.Value;
        var values = _publication.Parameters;
        values[0].Value = channel;
        values[1].Value = sequence;
        values[2].Value = staged.EndBytes;
        values[3].Value = time;
        values[4].Value = (long)publication.Payload.Kind;
        values[5].Value = sender;
        values[6].Value = publication.MessageId ?? (object)DBNull.Value;
        values[7].Value = publication.Key ?? (object)DBNull.Value;
        values[8].Value = publication.Payload.Bytes.ToArray();
        _publication.ExecuteNonQuery();
        if (publication.MessageId is not { } id)
        {
            return;
        }

        values = _messageId.Parameters;
        values[0].Value = channel;
        values[1].Value = sender;
        values[2].Value = id;
        values[3].Value = sequence;
        values[4].Value = time;
        _messageId.ExecuteNonQuery();
    }

    private static void Declare(DbCommand statement, string name, DbType type)
    {
        var parameter = statement.CreateParameter();
        parameter.ParameterName = name;
        parameter.DbType = type;
        statement.Parameters.Add(parameter);
    }
}
