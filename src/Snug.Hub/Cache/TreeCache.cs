using System.Text;
using System.Text.Json;

namespace Snug.Hub;

/// <summary>
/// The listing of a commit on disk, <c>trees/COMMIT.json</c>, in the format of the Python client (version 1): a commit never
/// changes, so a listing fetched once answers for ever.
/// </summary>
internal static class TreeCache
{
    /// <summary>The largest listing that is read, in bytes.</summary>
    public const long MaxLength = 512L * 1024 * 1024;

    private const int FormatVersion = 1;

    /// <summary>Reads a listing, or <see langword="null"/> when there is none that can be trusted.</summary>
    public static List<RepositoryFile>? TryRead(string path)
    {
        byte[] bytes;
        try
        {
            FileInfo info = new(path);
            if (!info.Exists || info.Length > MaxLength)
            {
                return null;
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        try
        {
            return Parse(bytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // A damaged listing is as good as none: the Hub has it.
            return null;
        }
    }

    /// <summary>Writes a listing atomically, byte for byte as the Python client would.</summary>
    public static void Write(string path, IEnumerable<RepositoryFile> files)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Join(folder, $"{Path.GetFileName(path)}.{AtomicFile.RandomSuffix()}.tmp");
        using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            WriteTo(stream, files);
        }

        AtomicFile.Publish(temporary, path);
    }

    private static void WriteTo(FileStream stream, IEnumerable<RepositoryFile> files)
    {
        using StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024);
        writer.Write("{\n \"format_version\": 1,\n \"files\": {");
        bool first = true;
        foreach (RepositoryFile file in files.OrderBy(f => f.Path, CodePointComparer.Instance))
        {
            writer.Write(first ? "\n  \"" : ",\n  \"");
            first = false;
            // Escapes everything outside ASCII, as Python's json module does.
            writer.Write(Escape(file.Path));
            writer.Write($"\": {{\n   \"size\": {file.Size},\n   \"blob_id\": \"{Escape(file.BlobId)}\"");
            if (file.LfsSha256 is not null)
            {
                writer.Write($",\n   \"lfs_sha256\": \"{Escape(file.LfsSha256)}\",\n   \"lfs_size\": {file.Size}");
            }

            if (file.XetHash is not null)
            {
                writer.Write($",\n   \"xet_hash\": \"{Escape(file.XetHash)}\"");
            }

            writer.Write("\n  }");
        }

        writer.Write(first ? "}\n}" : "\n }\n}");
    }

    private static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.AsSpan().ContainsAny('"', '\\'))
        {
            return text;
        }

        StringBuilder builder = new(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                '\n' => builder.Append("\\n"),
                '\r' => builder.Append("\\r"),
                '\t' => builder.Append("\\t"),
                '\b' => builder.Append("\\b"),
                '\f' => builder.Append("\\f"),
                < ' ' or > '~' => builder.Append("\\u").Append(((int)c).ToString("x4")),
                _ => builder.Append(c),
            };
        }

        return builder.ToString();
    }

    private static List<RepositoryFile>? Parse(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
        List<RepositoryFile> files = [];
        bool versionSeen = false;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("format_version"u8);
            bool isFiles = reader.ValueTextEquals("files"u8);
            reader.Read();
            if (isVersion)
            {
                versionSeen = reader.GetInt32() == FormatVersion;
            }
            else if (isFiles && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string path = reader.GetString()!;
                    reader.Read();
                    if (ParseFile(ref reader, path) is not { } file)
                    {
                        return null;
                    }

                    files.Add(file);
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return versionSeen ? files : null;
    }

    private static RepositoryFile? ParseFile(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        long? size = null;
        string? blobId = null;
        string? sha256 = null;
        string? xet = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("size"u8))
            {
                reader.Read();
                size = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("blob_id"u8))
            {
                reader.Read();
                blobId = reader.GetString();
            }
            else if (reader.ValueTextEquals("lfs_sha256"u8))
            {
                reader.Read();
                sha256 = reader.GetString();
            }
            else if (reader.ValueTextEquals("xet_hash"u8))
            {
                reader.Read();
                xet = reader.GetString();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        bool valid = size >= 0 && blobId is not null && Hashes.IsGitBlob(blobId) && RepositoryPath.FindProblem(path, windows: false) is null
            && (sha256 is null || Hashes.IsSha256(sha256)) && (xet is null || Hashes.IsSha256(xet));
        return valid ? new RepositoryFile(path, size!.Value, blobId!, sha256, xet) : null;
    }
}
