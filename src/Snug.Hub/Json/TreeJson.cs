using System.Text.Json;

namespace Snug.Hub;

/// <summary>Reads the entries of a <c>tree</c> or <c>paths-info</c> answer.</summary>
internal static class TreeJson
{
    /// <returns>The files; folders, and entries too damaged to use, are left out.</returns>
    /// <exception cref="JsonException">The answer has another form.</exception>
    public static List<RepositoryFile> Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The listing is not a list.");
        }

        List<RepositoryFile> files = new(answer.GetArrayLength());
        foreach (JsonElement entry in answer.EnumerateArray())
        {
            if (ReadFile(entry) is { } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <summary>The body of <c>POST /api/models/ID/paths-info/REV</c>.</summary>
    public static byte[] WritePathsInfoRequest(IReadOnlyList<string> paths)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("paths");
            foreach (string path in paths)
            {
                writer.WriteStringValue(path);
            }

            writer.WriteEndArray();
            writer.WriteBoolean("expand", false);
            writer.WriteEndObject();
        }

        return body.ToArray();
    }

    private static RepositoryFile? ReadFile(JsonElement entry)
    {
        if (entry.Text("type") is not "file" || entry.Text("path") is not { } path || entry.Text("oid") is not { } blob || !Hashes.IsGitBlob(blob))
        {
            return null;
        }

        JsonElement? lfs = entry.Object("lfs");
        if ((lfs?.Number("size") ?? entry.Number("size")) is not { } size || size < 0)
        {
            return null;
        }

        string? sha256 = lfs?.Text("oid") is { } oid && Hashes.IsSha256(oid) ? oid : null;
        return new RepositoryFile(path, size, blob, sha256, entry.Text("xetHash") is { } xet && Hashes.IsSha256(xet) ? xet : null);
    }
}
