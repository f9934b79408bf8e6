using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace OrleansRealtime.Testing;

/// <summary>
/// What applications may use of an assembly is what was approved. To approve a change, run the test with
/// <c>ORLEANSREALTIME_APPROVE=1</c> and commit the file that it writes.
/// </summary>
public static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Holds an assembly against <c>PublicApi/(its name).approved.txt</c> of a test project.</summary>
    /// <param name="assembly">The assembly of the package.</param>
    /// <param name="testProject">The name of the test project.</param>
    public static void AssertApproved(Assembly assembly, string testProject)
    {
        var path = RepositoryFiles.PathOf("test", testProject, "PublicApi", $"{assembly.GetName().Name}.approved.txt");
        var api = Describe(assembly);
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
            .Concat(type.GetFields(Declared).Where(static it => !it.IsSpecialName).Select(static it => it.Name + (it.IsLiteral ? $" = {Constant(it)}" : "")))
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

    private static string Constant(FieldInfo field) => field.GetRawConstantValue() is string text
        ? $"\"{text}\""
        : Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)!;

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(
        static it => $"{Name(it.ParameterType)} {it.Name}{(it.HasDefaultValue ? " = " + (it.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
