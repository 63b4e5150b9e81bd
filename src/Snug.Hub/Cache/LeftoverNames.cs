namespace Snug.Hub;

/// <summary>The names of temporary files and folders that clients of the Hub make beside the real ones.</summary>
internal static class LeftoverNames
{
    public const string StagingPrefix = "staging-";
    public const string ReplacedPrefix = "replaced-";
    public const string RemovedPrefix = "removed-";

    private const int RandomLength = 8;

    /// <summary>Whether a folder of <see cref="CacheLayout.PrivateFolder"/> only lives as long as the process that made it.</summary>
    public static bool IsPrivateFolder(string name) =>
        name.StartsWith(StagingPrefix, StringComparison.Ordinal) || name.StartsWith(ReplacedPrefix, StringComparison.Ordinal)
        || name.StartsWith(RemovedPrefix, StringComparison.Ordinal);

    /// <summary>Whether a name ends in <c>.1a2b3c4d.tmp</c>, as files do that are renamed when they are finished.</summary>
    public static bool IsTemporary(ReadOnlySpan<char> name) => EndsInRandom(name, ".tmp");

    /// <summary>
    /// Whether a file of the blobs folder is a helper: the link that becomes a shared blob (<c>.NAME.1a2b3c4d.shared</c>), or the file
    /// that the Python client reads its permissions from (<c>tmp_</c> and a UUID).
    /// </summary>
    public static bool IsBlobHelper(ReadOnlySpan<char> name) =>
        IsTemporary(name) || (name[0] == '.' && EndsInRandom(name, ".shared"))
        || (name.StartsWith("tmp_") && Guid.TryParseExact(name[4..], "D", out _));

    /// <summary>Notes the leftovers among the entries of a folder.</summary>
    public static void Collect(string folder, IEnumerable<DiskEntry> entries, List<CacheLeftover> leftovers)
    {
        foreach (DiskEntry entry in entries)
        {
            // The Python client writes listings through names of the tempfile module (tmpabcdefgh.tmp).
            bool isTemporary = IsTemporary(entry.Name)
                || (entry.Name.StartsWith("tmp", StringComparison.Ordinal) && entry.Name.EndsWith(".tmp", StringComparison.Ordinal));
            if (isTemporary && !entry.IsFolder)
            {
                leftovers.Add(new CacheLeftover(Path.Join(folder, entry.Name), entry.Length, entry.Modified));
            }
        }
    }

    /// <summary>The name without a random part before its suffix: the stem of <c>STEM.1a2b3c4d</c>.</summary>
    public static string WithoutRandom(string stem) =>
        stem.Length > RandomLength + 1 && stem[^(RandomLength + 1)] == '.' && !stem.AsSpan(stem.Length - RandomLength).ContainsAnyExcept(Hashes.HexDigits)
            ? stem[..^(RandomLength + 1)]
            : stem;

    private static bool EndsInRandom(ReadOnlySpan<char> name, string suffix) =>
        name.Length > RandomLength + 1 + suffix.Length && name.EndsWith(suffix)
        && name[^(RandomLength + 1 + suffix.Length)] == '.'
        && !name[^(RandomLength + suffix.Length)..^suffix.Length].ContainsAnyExcept(Hashes.HexDigits);
}
