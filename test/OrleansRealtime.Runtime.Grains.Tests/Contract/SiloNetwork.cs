using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace OrleansRealtime.Runtime.Grains.Tests.Contract;

/// <summary>The connections between silos, and their way to the table of members, which a test can cut. Safe for concurrent use.</summary>
internal sealed class SiloNetwork
{
    private readonly ConcurrentDictionary<string, bool> _cutOff = new();
    private readonly ConcurrentDictionary<ConnectionContext, string> _connections = new();

    /// <summary>Watches all connections from and to a silo.</summary>
    public void Watch(string silo, SiloConnectionOptions options)
    {
        options.ConfigureSiloInboundConnection(builder => builder.Use((connection, next) => RunAsync(silo, connection, next)));
        options.ConfigureSiloOutboundConnection(builder => builder.Use((connection, next) => RunAsync(silo, connection, next)));
    }

    /// <summary>Puts a switch between a silo and the table of members.</summary>
    public void Hide(string silo, IServiceCollection services)
    {
        var table = services.Last(static service => service.ServiceType == typeof(IMembershipTable) && !service.IsKeyedService);
        services.Remove(table);
        services.AddSingleton<IMembershipTable>(new HidableMembershipTable(
            (IMembershipTable)table.ImplementationInstance!, () => _cutOff.ContainsKey(silo)));
    }

    /// <summary>Cuts a silo off, until <see cref="Mend"/>.</summary>
    public void CutOff(string silo)
    {
        _cutOff[silo] = true;
        foreach (var (connection, owner) in _connections)
        {
            if (owner == silo)
            {
                connection.Abort();
            }
        }
    }

    /// <summary>Whether a silo is cut off.</summary>
    public bool IsCutOff(string silo) => _cutOff.ContainsKey(silo);

    /// <summary>Lets everyone reach everyone and the table again.</summary>
    public void Mend() => _cutOff.Clear();

    private async Task RunAsync(string silo, ConnectionContext connection, Func<Task> next)
    {
        _connections[connection] = silo;
        try
        {
            if (_cutOff.ContainsKey(silo))
            {
                connection.Abort();
                return;
            }

            await next();
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }
}
