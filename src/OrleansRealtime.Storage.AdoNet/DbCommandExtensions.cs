using System.Data;
using System.Data.Common;

namespace OrleansRealtime.Storage.AdoNet;

/// <summary>Sets parameters of commands that are used again and again.</summary>
internal static class DbCommandExtensions
{
    /// <summary>Sets a number, or null.</summary>
    public static DbCommand Set(this DbCommand command, string name, long? value) =>
        command.SetValue(name, DbType.Int64, value);

    /// <summary>Sets a text, or null.</summary>
    public static DbCommand Set(this DbCommand command, string name, string? value) =>
        command.SetValue(name, DbType.String, value);

    /// <summary>Sets a truth value.</summary>
    public static DbCommand Set(this DbCommand command, string name, bool value) =>
        command.SetValue(name, DbType.Boolean, value);

    /// <summary>Sets bytes.</summary>
    public static DbCommand Set(this DbCommand command, string name, byte[] value) =>
        command.SetValue(name, DbType.Binary, value);

    /// <summary>Sets a column of values, for a database that takes arrays; the driver sees its type.</summary>
    public static DbCommand SetColumn(this DbCommand command, string name, Array value)
    {
        command.Parameter(name).Value = value;
        return command;
    }

    /// <summary>The text of a column, or null.</summary>
    public static string? GetText(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>The number of a column, or null.</summary>
    public static long? GetNumber(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static DbCommand SetValue(this DbCommand command, string name, DbType type, object? value)
    {
        var parameter = command.Parameter(name);
        parameter.DbType = type;
        parameter.Value = value ?? DBNull.Value;
        return command;
    }

    private static DbParameter Parameter(this DbCommand command, string name)
    {
        if (command.Parameters.Contains(name))
        {
            return command.Parameters[name];
        }

        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
