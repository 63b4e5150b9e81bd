using System.Globalization;

namespace Snug.Bench;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Arguments(string[] args, params ReadOnlySpan<string> known)
    {
        for (int i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !known.Contains(args[i][2..]) || i + 1 >= args.Length)
            {
                throw new UsageException($"'{args[i]}' is not an option, or has no value.");
            }

            _values[args[i][2..]] = args[i + 1];
        }
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    public string Required(string name) => Text(name) ?? throw new UsageException($"--{name} is missing.");

    public long Number(string name, long fallback) =>
        Text(name) is not { } text ? fallback
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 ? value
        : throw new UsageException($"--{name} is not a positive number.");

    public IReadOnlyList<string>? List(string name, IEnumerable<string> known)
    {
        string[]? names = Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names?.Except(known).FirstOrDefault() is { } unknown ? throw new UsageException($"--{name}: '{unknown}' is not known.") : names;
    }
}
