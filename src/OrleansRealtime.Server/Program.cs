using OrleansRealtime.Server.Verbs;

return await CommandLine.RunAsync(args);
