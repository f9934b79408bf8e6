using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansRealtime.Core.Access;
using OrleansRealtime.Core.Channels;
using OrleansRealtime.Core.Ports;

namespace OrleansRealtime.Edge.Http;

/// <summary>Tells of every administrative act: in the log, and in a channel that operators read. Safe for concurrent use.</summary>
/// <remarks>
/// The channel is there when its namespace is configured; who may read it and how long it is kept is that policy's. Attempts
/// without the right are logged and not published, so that nobody without it can fill the channel.
/// </remarks>
internal sealed class AuditTrail(IChannels channels, IChannelPolicies policies, TimeProvider clock, ILoggerFactory loggers)
{
    /// <summary>The category under which acts are logged.</summary>
    public const string Category = "OrleansRealtime.Audit";

    /// <summary>The namespace of the channel; only the server itself publishes in it.</summary>
    public const string Namespace = "console-audit";

    // The act has happened: whoever asked for it waits no longer than this for the word of it to be kept.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger(Category);

    /// <summary>The channel.</summary>
    public static ChannelName Channel { get; } = ChannelName.Parse(Namespace + ":acts");

    /// <summary>Carries out an act and tells what came of it.</summary>
    /// <param name="act">The act.</param>
    /// <param name="carryOut">Does it, and returns what it came to, or null when there is nothing to say.</param>
    public async Task CarryOutAsync(AuditedAct act, Func<Task<string?>> carryOut)
    {
        string? result;
        try
        {
            result = await carryOut();
        }
        catch (HttpRefusedException refused)
        {
            Refused(act.By, act.Act, refused.Refusal.Error.Code);
            throw;
        }
        catch (Exception exception)
        {
            AuditLog.Failed(_log, act.By, act.Act, act.User, act.Channel?.Value ?? "-", LogText.Of(exception.Message));
            await PublishAsync(act, "failed", null);
            throw;
        }

        AuditLog.Done(_log, act, result ?? "-");
        await PublishAsync(act, "done", result);
    }

    /// <summary>Somebody tried to do what he may not do.</summary>
    public void Refused(Sender by, string act, RealtimeErrorCode code) => AuditLog.Refused(_log, by, act, code);

    private async Task PublishAsync(AuditedAct act, string outcome, string? result)
    {
        if (!policies.TryFind(Channel, out _))
        {
            return;
        }

        var entry = new AuditEntry(
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            act.By.Value, act.Act, act.User.Value, act.Channel?.Value, act.Detail, outcome, result);
        var payload = Payload.Json(JsonSerializer.SerializeToUtf8Bytes(entry, HttpJson.Default.AuditEntry));
        try
        {
            // Not with the request's token: a caller who hangs up must not take the word of his act with him.
            var outcomeOfPublish = await channels.Get(Channel)
                .PublishAsync(new PublishRequest(Caller.Trusted("audit"), payload), CancellationToken.None)
                .AsTask()
                .WaitAsync(Patience, clock);
            if (outcomeOfPublish.Refusal is { } refusal)
            {
                AuditLog.NotPublished(_log, act.Act, act.User, refusal.Detail);
            }
        }
        catch (Exception exception)
        {
            // The act stands; it is in the log, and this says that the channel lacks it.
            AuditLog.NotPublished(_log, act.Act, act.User, exception.Message);
        }
    }
}
