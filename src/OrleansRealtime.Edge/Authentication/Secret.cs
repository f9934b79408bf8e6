using System.ComponentModel;
using System.Globalization;

namespace OrleansRealtime.Edge.Authentication;

/// <summary>A text that must not be shown: its <see cref="ToString"/> hides it from logs and dumps. Immutable.</summary>
[TypeConverter(typeof(FromTextConverter))]
public sealed class Secret
{
    private readonly string _text;

    /// <summary>Wraps a text.</summary>
    public Secret(string text) => _text = text;

    /// <summary>Wraps a text; null stays null.</summary>
    public static implicit operator Secret?(string? text) => text is null ? null : new Secret(text);

    /// <summary>The text itself, for the code that uses the secret.</summary>
    public string Reveal() => _text;

    /// <summary>Hides the text.</summary>
    public override string ToString() => "***";

    /// <summary>Lets configuration bind a text to a secret.</summary>
    private sealed class FromTextConverter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            value is string text ? new Secret(text) : base.ConvertFrom(context, culture, value);
    }
}
