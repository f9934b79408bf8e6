using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Tests.Storage;

namespace OrleansRealtime.Runtime.Tests.Embedded;

/// <summary>The embedded runtime on PostgreSQL.</summary>
internal sealed class EmbeddedOnPostgreSql : EmbeddedFixture
{
    private readonly PostgreSqlStore _store = new();

    public override IChannelLog Log => _store.Log;

    public override IGrantStore GrantStore => _store.Storage.Grants;

    public override IUserStore UserStore => _store.Storage.Users;

    protected override Task StartStoreAsync() => _store.StartAsync().AsTask();

    protected override Task RestartStoreAsync() => _store.RestartAsync().AsTask();

    protected override Task StopStoreAsync() => _store.DisposeAsync().AsTask();
}
