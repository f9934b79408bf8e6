using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace OrleansRealtime.Server.Configuration;

/// <summary>
/// Fills options from a configuration section and collects every mistake: unknown keys, values of the wrong type or out of
/// their annotated range.
/// </summary>
/// <remarks>The framework's binder stops at the first wrong value and passes over unknown keys, so a misspelt limit would be no limit.</remarks>
internal sealed class ConfigurationReader
{
    private readonly List<ConfigurationMistake> _mistakes = [];

    /// <summary>What was found wrong so far.</summary>
    public IReadOnlyList<ConfigurationMistake> Mistakes => _mistakes;

    /// <summary>Fills <paramref name="options"/>, an object with properties, from <paramref name="section"/>.</summary>
    public void Fill(object options, IConfigurationSection section)
    {
        var properties = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .ToDictionary(static property => property.Name, StringComparer.OrdinalIgnoreCase);
        if (section.Value is { Length: > 0 })
        {
            Add(section.Path, $"'{section.Value}' is a single value; a section with {string.Join(", ", properties.Keys)} is expected.");
        }

        foreach (var child in section.GetChildren())
        {
            if (properties.TryGetValue(child.Key, out var property))
            {
                Read(options, property, child);
            }
            else
            {
                Add(child.Path, $"no such option; did you mean '{NearestWord.Find(child.Key, properties.Keys)}'?");
            }
        }
    }

    private void Read(object options, PropertyInfo property, IConfigurationSection section)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (ScalarValue.IsScalar(type))
        {
            ReadScalar(options, property, type, section);
        }
        else if (property.GetValue(options) is IDictionary entries)
        {
            ReadEntries(entries, type.GetGenericArguments()[1], section);
        }
        else if (property.GetValue(options) is IList items)
        {
            ReadItems(items, type.GetGenericArguments()[0], section);
        }
        else
        {
            Fill(property.GetValue(options)!, section);
        }
    }

    private void ReadScalar(object options, PropertyInfo property, Type type, IConfigurationSection section)
    {
        // An explicit null, as "JwksUri": null, means the default.
        if (section.Value is null or "" && !section.GetChildren().Any())
        {
            return;
        }

        if (!ScalarValue.TryParse(type, section.Value, out var value))
        {
            Add(section.Path, $"'{section.Value}' is not {ScalarValue.Describe(type)}.");
            return;
        }

        property.SetValue(options, value);
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
        {
            Add(section.Path, string.Create(CultureInfo.InvariantCulture, $"{value} is outside {range.Minimum} to {range.Maximum}."));
        }
    }

    private void ReadEntries(IDictionary entries, Type type, IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            var entry = Activator.CreateInstance(type)!;
            Fill(entry, child);
            entries[child.Key] = entry;
        }
    }

    private void ReadItems(IList items, Type type, IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!ScalarValue.IsScalar(type))
            {
                var item = Activator.CreateInstance(type)!;
                Fill(item, child);
                items.Add(item);
            }
            else if (ScalarValue.TryParse(type, child.Value, out var value))
            {
                items.Add(value);
            }
            else
            {
                Add(child.Path, $"'{child.Value}' is not {ScalarValue.Describe(type)}.");
            }
        }
    }

    private void Add(string key, string message) => _mistakes.Add(new ConfigurationMistake(key, message));
}
