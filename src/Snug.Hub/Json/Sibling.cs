using System.Text.Json;

namespace Snug.Hub;

/// <summary>A file in the <c>siblings</c> of a repository's info.</summary>
/// <param name="Path">The path.</param>
/// <param name="ContentSize">The size of the content in bytes, there only when it was asked for.</param>
internal sealed record Sibling(string Path, long? ContentSize)
{
    /// <summary>Reads the list out of an info.</summary>
    /// <exception cref="JsonException">It has another form.</exception>
    public static IReadOnlyList<Sibling> ReadAll(JsonElement info)
    {
        List<Sibling> files = [];
        foreach (JsonElement file in info.Elements("siblings"))
        {
            if (file.Text("rfilename") is { } path)
            {
                files.Add(new Sibling(path, file.Object("lfs")?.Number("size") ?? file.Number("size")));
            }
        }

        return files;
    }
}
