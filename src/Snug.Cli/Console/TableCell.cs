namespace Snug.Cli;

/// <summary>A value for programs and, where it differs, for people.</summary>
/// <param name="Exact">The value in full.</param>
/// <param name="Display">The value as it is shown on a terminal.</param>
internal readonly record struct TableCell(string Exact, string? Display = null)
{
    public static implicit operator TableCell(string? text) => new(text ?? "");

    public static TableCell Size(long bytes) => new(bytes.ToString(), Text.Size(bytes));

    public static TableCell Number(long number) => new(number.ToString(), number.ToString("#,0"));

    public static TableCell Commit(string commit) => new(commit, Text.ShortCommit(commit));

    public static TableCell Time(DateTimeOffset time, DateTimeOffset now) =>
        new(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"), Text.Ago(time, now));
}
