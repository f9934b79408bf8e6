using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Storage;

namespace OrleansRealtime.Runtime.Tests.Storage;

public abstract class AdoNetGrantStoreTests : GrantStoreContract
{
    private readonly AdoNetStore _store;

    private protected AdoNetGrantStoreTests(AdoNetStore store) => _store = store;

    protected override IGrantStore Grants => _store.Storage.Grants;

    public override Task InitializeAsync() => _store.StartAsync().AsTask();

    public override Task DisposeAsync() => _store.DisposeAsync().AsTask();

    protected override Task RestartAsync() => _store.RestartAsync().AsTask();
}
