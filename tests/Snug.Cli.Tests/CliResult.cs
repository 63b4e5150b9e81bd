using System.Text.Json;

namespace Snug.Cli.Tests;

/// <summary>What one command line did.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    public string[] OutLines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Standard output as the one JSON document that it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>Standard error as a JSON object on each line.</summary>
    public List<JsonElement> Events => [.. ErrorLines.Select(line => JsonDocument.Parse(line).RootElement)];
}
