using OrleansRealtime.EndToEnd.Tests.Hosting;
using OrleansRealtime.Testing.Servers;
using Xunit.Abstractions;

namespace OrleansRealtime.EndToEnd.Tests.Sdks;

/// <summary>What somebody does first: take the packed package into an empty project, and run the example of its README as it is.</summary>
[Collection(ServerProcesses.Name)]
public sealed class PackageTests(ITestOutputHelper output)
{
    private static readonly string[] DotNetPackages =
        ["OrleansRealtime.Abstractions", "OrleansRealtime.Protocol", "OrleansRealtime.Client"];

    [SdkFact]
    public async Task NpmPackage_InAnEmptyProject_RunsTheExampleOfItsReadme()
    {
        using var project = new EmptyProject();
        await TypeScriptPackage.RunAsync(TypeScriptPackage.Folder, "npm", "pack", "--pack-destination", project.Feed);
        var packed = Assert.Single(Directory.GetFiles(project.Feed, "*.tgz"));
        project.Write("package.json", """{ "private": true }""");
        await TypeScriptPackage.RunAsync(project.Folder, "npm", "install", "--offline", "--no-audit", "--no-fund", packed);
        project.Write("example.mjs", EmptyProject.ExampleOf("OrleansRealtime.Client.TypeScript", "js"));

        await using var server = await StartServerAsync(project);
        await project.RunUntilAsync(server.Address, SaysHello("alice", "{ text: 'Hello' }"), "node", "example.mjs");
    }

    [SdkFact]
    public async Task NuGetPackages_InAnEmptyProject_RunTheExampleOfTheReadme()
    {
        using var project = new EmptyProject();

        // A version that nobody has, so that no cache of the machine can stand in for what was packed.
        var version = $"0.1.0-packed.{Guid.NewGuid():N}";
        foreach (var package in DotNetPackages)
        {
            await PackAsync(project, package, version);
        }

        WriteConsoleProject(project, version);
        project.Write("Program.cs", EmptyProject.ExampleOf("OrleansRealtime.Client", "csharp"));
        await DotNetAsync(project.Folder, "build", "-warnaserror", "-o", "out");

        await using var server = await StartServerAsync(project);
        await project.RunUntilAsync(
            server.Address, SaysHello("alice", """{"text":"Hello"}"""), "dotnet", Path.Combine("out", "Example.dll"));
    }

    private static Task<string> PackAsync(EmptyProject project, string package, string version) => DotNetAsync(
        ServerBinary.RepositoryRoot, "pack", Path.Combine("src", package), $"-p:Version={version}",
        "--artifacts-path", project.Artifacts, "-o", project.Feed);

    // Processes that stay for the next build would keep the output open, which is read to its end.
    private static Task<string> DotNetAsync(string folder, params string[] arguments) => TypeScriptPackage.RunAsync(
        folder, "dotnet", [.. arguments, "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"]);

    // The sources of the machine stay in force beside the feed. Packages go to the project's own folder, and those that the machine
    // has already need no network.
    private static void WriteConsoleProject(EmptyProject project, string version)
    {
        project.Write("NuGet.config", $"""
            <configuration>
              <packageSources><add key="packed" value="{project.Feed}" /></packageSources>
            </configuration>
            """);
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        project.Write("Example.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <RestorePackagesPath>{Path.Combine(project.Artifacts, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{machine}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="OrleansRealtime.Client" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
    }

    // As ./infra/dev.sh run does: in Development, without keys, so that it makes its own and gives tokens.
    private static Task<ServerProcess> StartServerAsync(EmptyProject project)
    {
        var program = ServerProgram.Server with { WorkingDirectory = project.Feed };
        return ServerProcess.StartAsync(program, new Dictionary<string, string>(), "Development");
    }

    private Func<string, bool> SaysHello(string who, string text) => line =>
    {
        output.WriteLine(line);
        return line.Contains(who, StringComparison.Ordinal) && line.EndsWith(text, StringComparison.Ordinal);
    };
}
