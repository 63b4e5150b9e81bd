namespace Snug.Inference;

/// <summary>Patterns of formats of texts.</summary>
internal static class TextFormats
{
    // Days to 28, so that every date exists; year 0 does not.
    private const string Date = "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])";

    /// <summary>The pattern of a format; null for those that are annotations only.</summary>
    public static string? PatternOf(string format) => format switch
    {
        "date" => Date,
        "time" => Time,
        "date-time" => $"{Date}T{Time}",
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "ipv4" => @"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])",
        "email" => @"[a-z0-9]+([._-][a-z0-9]+)*@[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+",
        _ => null,
    };
}
