using OrleansRealtime.Server.Configuration;
using OrleansRealtime.Server.Development;
using OrleansRealtime.Server.Runtimes;

namespace OrleansRealtime.Server;

/// <summary>What the server says once it listens.</summary>
internal static partial class StartNotes
{
    /// <summary>Logs the parts in use and, in Development, the made-up keys and where the page is.</summary>
    public static void Write(WebApplication app, RealtimeOptions options, DevelopmentKeys? development)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("OrleansRealtime.Server");
        Serving(logger, ScalarValue.ToWord(options.Runtime ?? OrleansRuntime.Default), ScalarValue.ToWord(options.Storage.Provider));
        if (options.Cluster.Role == NodeRole.Silo)
        {
            NoClientsHere(logger);
            return;
        }

        var page = app.Urls.FirstOrDefault() ?? "";
        if (development is not null)
        {
            MadeUpKeys(logger, development.File, page + TokenEndpoint.Path, development.ApiKey);
        }

        PageIsAt(logger, page);
    }

    [LoggerMessage(5010, LogLevel.Information, "Serving with the {Runtime} runtime and {Storage} storage")]
    private static partial void Serving(ILogger logger, string runtime, string storage);

    [LoggerMessage(
        5011,
        LogLevel.Warning,
        "DEVELOPMENT: no keys are configured, so this server made up its own (kept in {File}). Anyone at this machine gets tokens at "
        + "{TokenPage}. API key for X-Api-Key: {ApiKey}. Never expose this server.")]
    private static partial void MadeUpKeys(ILogger logger, string file, string tokenPage, string apiKey);

    [LoggerMessage(5012, LogLevel.Information, "Open {Page}")]
    private static partial void PageIsAt(ILogger logger, string page);

    [LoggerMessage(5013, LogLevel.Information, "This node is a silo: it takes no clients, and serves only /health and /metrics")]
    private static partial void NoClientsHere(ILogger logger);
}
