using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using OrleansRealtime.Testing;

namespace OrleansRealtime.Client.Tests.PublicApi;

/// <summary>
/// What applications may use is what was approved. To approve a change, run the test with <c>ORLEANSREALTIME_APPROVE=1</c> and commit
/// the file that it writes.
/// </summary>
public class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void PublicApi_IsTheApprovedOne()
    {
        var path = RepositoryFiles.PathOf("test", "OrleansRealtime.Client.Tests", "PublicApi", "OrleansRealtime.Client.approved.txt");
        var api = Describe(typeof(RealtimeClient).Assembly);
        if (Environment.GetEnvironmentVariable("ORLEANSREALTIME_APPROVE") == "1")
        {
            File.WriteAllText(path, api);
        }

        Assert.Equal(File.ReadAllText(path), api);
    }

    private static string Describe(Assembly assembly)
    {
        var api = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            api.Append(type.FullName).Append(" : ").Append(string.Join(", ", Bases(type))).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                api.Append("  ").Append(member).Append('\n');
            }
        }

        return api.ToString();
    }

    private static IEnumerable<string> Bases(Type type) =>
        new[] { type.BaseType }.OfType<Type>().Concat(type.GetInterfaces()).Select(Name).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Members(Type type) =>
        type.GetConstructors(Declared).Select(static it => $"new({Parameters(it)})")
            .Concat(type.GetFields(Declared).Where(static it => !it.IsSpecialName).Select(static it => $"{it.Name}{(it.IsLiteral ? $" = {Convert.ToInt64(it.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}" : "")}"))
            .Concat(type.GetEvents(Declared).Select(static it => $"event {it.Name} : {Name(it.EventHandlerType!)}"))
            .Concat(type.GetProperties(Declared).Where(static it => it.Name != "EqualityContract").Select(Property))
            .Concat(type.GetMethods(Declared)
                .Where(static it => !it.IsSpecialName && it.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
                .Select(static it => $"{(it.IsStatic ? "static " : "")}{it.Name}({Parameters(it)}) : {Name(it.ReturnType)}"));

    private static string Property(PropertyInfo property)
    {
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
        return $"{required}{property.Name} : {Name(property.PropertyType)} {{ get;{(property.SetMethod is { IsPublic: true } ? isInit ? " init;" : " set;" : "")} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(
        static it => $"{Name(it.ParameterType)} {it.Name}{(it.HasDefaultValue ? " = " + (it.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
