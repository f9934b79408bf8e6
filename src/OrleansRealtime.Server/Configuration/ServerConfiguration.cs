using System.Data.Common;
using System.Net;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrleansRealtime.Edge.Authentication;
using OrleansRealtime.Server.Policies;
using OrleansRealtime.Server.Runtimes;

namespace OrleansRealtime.Server.Configuration;

/// <summary>One reading of the configuration: what it says, and everything that is wrong with it. Immutable once read.</summary>
/// <param name="Options">The options; where mistaken, with their defaults.</param>
/// <param name="Policies">The policies as they will run.</param>
/// <param name="Mistakes">What keeps the server from starting.</param>
internal sealed record ServerConfiguration(
    RealtimeOptions Options, NamespacePolicies Policies, IReadOnlyList<ConfigurationMistake> Mistakes)
{
    /// <summary>Reads the section <c>Realtime</c>.</summary>
    /// <param name="configuration">All configuration.</param>
    /// <param name="needsKeys">Whether a configuration without keys is a mistake, as it is everywhere but in Development.</param>
    public static ServerConfiguration Read(IConfiguration configuration, bool needsKeys)
    {
        var options = new RealtimeOptions();
        var reader = new ConfigurationReader();
        reader.Fill(options, configuration.GetSection(RealtimeOptions.Section));
        var policies = NamespacePolicies.Read(options, out var policyMistakes);
        return new ServerConfiguration(
            options,
            policies,
            [
                .. reader.Mistakes,
                .. OfParts(options),
                .. ClusterMistakes.Of(options, needsKeys),
                .. OfKeys(options, needsKeys && options.Cluster.Role != NodeRole.Silo),
                .. OfNetwork(options),
                .. policyMistakes,
            ]);
    }

    private static IEnumerable<ConfigurationMistake> OfParts(RealtimeOptions options)
    {
        if (options.Runtime == RuntimeChoice.Orleans && !OrleansRuntime.IsBuiltIn)
        {
            yield return Mistake("Runtime", "this server was built without the Orleans runtime: set it to embedded, or leave it out.");
        }

        if (options.Storage.Provider != StorageProvider.None && string.IsNullOrWhiteSpace(options.Storage.ConnectionString))
        {
            yield return Mistake("Storage:ConnectionString", $"{options.Storage.Provider} needs one.");
        }
        else if (options.Storage.Provider == StorageProvider.Postgresql && options.Storage.ConnectionString.StartsWith(
            "Data Source=", StringComparison.OrdinalIgnoreCase))
        {
            yield return Mistake("Storage:ConnectionString", "this one is for SQLite; postgresql needs one like "
                + "'Host=localhost;Database=realtime;Username=realtime;Password=…'.");
        }

        else if (FaultOf(options.Storage) is { } fault)
        {
            yield return Mistake("Storage:ConnectionString", fault);
        }

        foreach (var mistake in options.Storage.Log.Validate())
        {
            yield return Mistake("Storage:Log", mistake);
        }
    }

    private static string? FaultOf(StoreOptions store)
    {
        try
        {
            _ = store.Provider switch
            {
                StorageProvider.Sqlite => new SqliteConnectionStringBuilder(store.ConnectionString),
                StorageProvider.Postgresql => new NpgsqlConnectionStringBuilder(store.ConnectionString),
                _ => (DbConnectionStringBuilder?)null,
            };
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The messages of both drivers name the keyword and not the value, which may be a password.
            return $"is none of {ScalarValue.ToWord(store.Provider)}: {exception.Message}";
        }
    }

    private static IEnumerable<ConfigurationMistake> OfKeys(RealtimeOptions options, bool needsKeys)
    {
        var authentication = options.Authentication;
        if (needsKeys && authentication.Keys.Count == 0 && authentication.JwksUri is null)
        {
            yield return Mistake("Authentication:Keys", "no key to check tokens with, and outside Development none is made up. Make "
                + "one with 'openssl rand 32 | basenc --base64url' and set it as Realtime__Authentication__Keys__0__Secret, with "
                + "Realtime__Authentication__Keys__0__Id=main and Realtime__Authentication__Keys__0__Algorithm=HS256; or set "
                + "Realtime:Authentication:JwksUri.");
        }

        for (var i = 0; i < authentication.Keys.Count; i++)
        {
            if (SigningKeyReader.TryRead(authentication.Keys[i], out var mistake) is null)
            {
                yield return Mistake($"Authentication:Keys:{i}", mistake);
            }
        }

        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            if (FaultOf(options.ApiKeys[i]) is { } fault)
            {
                yield return Mistake($"ApiKeys:{i}", fault);
            }
        }

        foreach (var name in options.ApiKeys.GroupBy(static key => key.Name).Where(static keys => keys.Count() > 1))
        {
            yield return Mistake("ApiKeys", $"two keys are called '{name.Key}': publications would not tell them apart.");
        }
    }

    private static string? FaultOf(ApiKeyOptions key)
    {
        if (key.Name.Length is 0 or > 64 || key.Name.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
        {
            return $"'{key.Name}' is no name: 1 to 64 letters, digits, - and _.";
        }

        return key.Sha256.Length == 64 && key.Sha256.All(char.IsAsciiHexDigit)
            ? null
            : "Sha256 is not 64 hex digits. It is the hash of the key: printf %s \"$KEY\" | sha256sum.";
    }

    private static IEnumerable<ConfigurationMistake> OfNetwork(RealtimeOptions options)
    {
        foreach (var origin in options.Edge.AllowedOrigins)
        {
            var isOrigin = origin == "*"
                || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && origin == uri.GetLeftPart(UriPartial.Authority));
            if (!isOrigin)
            {
                yield return Mistake("Edge:AllowedOrigins", $"'{origin}' is no origin: write scheme://host[:port] with nothing "
                    + "after it, e.g. https://app.example.com.");
            }
        }

        foreach (var mistake in OfNetworks("Edge:TrustedProxies", options.Edge.TrustedProxies)
            .Concat(OfNetworks("Metrics:AllowedNetworks", options.Metrics.AllowedNetworks)))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<ConfigurationMistake> OfNetworks(string key, IEnumerable<string> networks) =>
        from network in networks
        where !IPAddress.TryParse(network, out _) && !IPNetwork.TryParse(network, out _)
        select Mistake(key, $"'{network}' is no address (10.0.0.1) and no network (10.0.0.0/8).");

    private static ConfigurationMistake Mistake(string key, string message) => new($"{RealtimeOptions.Section}:{key}", message);
}
