using System.Text;

namespace OrleansRealtime.Client.Tests.Documents;

/// <summary>The C# of MIGRATING.md, compiled. The rules of the repository compare the two.</summary>
internal static class MigratingSnippets
{
    public static async Task FromSignalRAsync()
    {
        await using var client = new RealtimeClient(new RealtimeClientOptions { Address = new Uri("https://example.com") });
        await client.ConnectAsync();
        var lobby = client.Subscribe("chat:lobby");
        await client.PublishAsync(ChannelName.Parse("chat:lobby"), Payload.Json("""{"text":"Hello"}"""));
        await foreach (var publication in lobby)
        {
            Console.WriteLine($"{publication.From}: {Encoding.UTF8.GetString(publication.Payload.Bytes.Span)}");
        }
    }
}
