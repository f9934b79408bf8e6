using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;
using OrleansRealtime.Core.Policies;
using OrleansRealtime.Core.Ports;
using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Verbs;

namespace OrleansRealtime.Server.Policies;

/// <summary>
/// The policies in force: those of the configuration at start, then those of each reload that has no mistake. Safe for
/// concurrent use.
/// </summary>
internal sealed partial class ReloadingPolicies : IChannelPolicies, IDisposable
{
    private readonly IConfiguration _configuration;
    private readonly StorageProvider _storage;
    private readonly ILogger _logger;
    private readonly IDisposable _subscription;
    private volatile NamespacePolicies _current;

    /// <summary>Starts with <paramref name="initial"/>, which was checked.</summary>
    public ReloadingPolicies(
        NamespacePolicies initial, RealtimeOptions options, IConfiguration configuration, ILogger<ReloadingPolicies> logger)
    {
        _current = initial;
        _storage = options.Storage.Provider;
        _configuration = configuration;
        _logger = logger;
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
        TellOfBrokenFiles();
    }

    /// <inheritdoc/>
    public bool TryFind(ChannelName channel, [NotNullWhen(true)] out ChannelPolicy? policy) =>
        _current.TryFind(channel, out policy);

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();

    // A file that cannot be read changes nothing and raises no change; whoever edited it would wait in vain.
    private void TellOfBrokenFiles()
    {
        foreach (var provider in ((IConfigurationRoot)_configuration).Providers.OfType<FileConfigurationProvider>())
        {
            provider.Source.OnLoadException = context => FileNotRead(Fault.Describe(context.Exception));
        }
    }

    private void Reload()
    {
        var reader = new ConfigurationReader();
        var options = new RealtimeOptions();
        reader.Fill(options, _configuration.GetSection(RealtimeOptions.Section));

        // The store is opened once at start; a policy that needs another one needs a restart.
        options.Storage.Provider = _storage;
        var policies = NamespacePolicies.Read(options, out var mistakes);
        var all = reader.Mistakes.Concat(mistakes).ToList();
        if (all.Count > 0)
        {
            PoliciesKept(string.Join(" | ", all));
            return;
        }

        _current = policies;
        PoliciesReloaded(policies.All.Count());
    }
}
