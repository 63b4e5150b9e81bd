using Microsoft.Extensions.Options;

namespace Snug.Hosting;

/// <summary>Settings that make no sense. It prints without a stack trace, for it is no fault of the program: the host logs what it prints.</summary>
internal sealed class SettingsException(params IEnumerable<string> problems)
    : OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(SnugOptions), problems)
{
    /// <summary>Type and message.</summary>
    public override string ToString() => $"{typeof(OptionsValidationException).FullName}: {Message}";
}
