using OrleansRealtime.Core.Ports;
using OrleansRealtime.Runtime.Contract.Storage;

namespace OrleansRealtime.Runtime.Tests.Storage;

public abstract class AdoNetUserStoreTests : UserStoreContract
{
    private readonly AdoNetStore _store;

    private protected AdoNetUserStoreTests(AdoNetStore store) => _store = store;

    protected override IUserStore Users => _store.Storage.Users;

    public override Task InitializeAsync() => _store.StartAsync().AsTask();

    public override Task DisposeAsync() => _store.DisposeAsync().AsTask();

    protected override Task RestartAsync() => _store.RestartAsync().AsTask();
}
