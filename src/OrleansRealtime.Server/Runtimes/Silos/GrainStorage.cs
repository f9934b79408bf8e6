using Orleans.Providers;
using OrleansRealtime.Server.Configuration;

namespace OrleansRealtime.Server.Runtimes.Silos;

/// <summary>Where the state of grains is kept that Orleans or an application have: beside the channels.</summary>
internal static class GrainStorage
{
    /// <summary>What Orleans keeps the subscriptions of its streams in.</summary>
    private const string PubSubStore = "PubSubStore";

    /// <summary>The name under which Orleans knows SQLite; it loads Microsoft.Data.Sqlite for it.</summary>
    private const string SqliteInvariant = "System.Data.SQLite";

    /// <summary>Adds the default storage, and that of stream subscriptions.</summary>
    public static void Add(ISiloBuilder silo, StoreOptions store)
    {
        foreach (var name in new[] { ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, PubSubStore })
        {
            if (store.Provider == StorageProvider.None)
            {
                silo.AddMemoryGrainStorage(name);
                continue;
            }

            silo.AddAdoNetGrainStorage(name, options =>
            {
                options.Invariant = store.Provider == StorageProvider.Sqlite ? SqliteInvariant : SiloClustering.PostgreSqlInvariant;
                options.ConnectionString = store.ConnectionString;

                // A state that was cleared is gone, and its row with it: subscriptions come and go.
                options.DeleteStateOnClear = true;
            });
        }
    }
}
