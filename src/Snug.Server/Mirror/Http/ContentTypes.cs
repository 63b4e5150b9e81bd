using System.Collections.Frozen;

namespace Snug.Server;

/// <summary>Content types by file name. Text is plain text whatever its language, as on the Hub: files are not web pages of ours.</summary>
internal static class ContentTypes
{
    private const string Binary = "application/octet-stream";
    private const string Text = "text/plain; charset=utf-8";

    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = Text, [".md"] = Text, [".json"] = Text, [".jsonl"] = Text, [".yaml"] = Text, [".yml"] = Text, [".toml"] = Text,
        [".csv"] = Text, [".tsv"] = Text, [".xml"] = Text, [".html"] = Text, [".js"] = Text, [".py"] = Text, [".cs"] = Text,
        [".jinja"] = Text, [".cfg"] = Text, [".ini"] = Text, [".gitattributes"] = Text, [".gitignore"] = Text, [".ipynb"] = Text,
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp",
        [".wav"] = "audio/wav", [".mp3"] = "audio/mpeg", [".flac"] = "audio/flac", [".ogg"] = "audio/ogg", [".mp4"] = "video/mp4",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        ByExtension.GetAlternateLookup<ReadOnlySpan<char>>();

    public static string Of(string path) => Lookup.TryGetValue(Path.GetExtension(path.AsSpan()), out string? type) ? type : Binary;
}
