using System.Text.Json;

namespace Snug.Hub;

/// <summary>The first part of a journal: what it is about and who writes it.</summary>
internal sealed record JournalHeader
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Etag { get; init; }

    public required long Size { get; init; }

    public required int BlockSize { get; init; }

    /// <summary>The process that writes the partial file, with its host and start time, so that a successor can tell whether it lives.</summary>
    public required int Pid { get; init; }

    public required string Host { get; init; }

    public required long Started { get; init; }

    public byte[] ToJson()
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("etag", Etag);
            writer.WriteNumber("size", Size);
            writer.WriteNumber("blockSize", BlockSize);
            writer.WriteNumber("pid", Pid);
            writer.WriteString("host", Host);
            writer.WriteNumber("started", Started);
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    /// <returns>The header, or <see langword="null"/> when the text lacks a part of it.</returns>
    /// <exception cref="JsonException">The text is no JSON, or a part is something else.</exception>
    public static JournalHeader? Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, HubJson.Options);
        JsonElement root = document.RootElement;
        return root.Text("etag") is { } etag && root.Text("host") is { } host && root.Number("size") is { } size && root.Number("started") is { } started
            && root.Number("format") is { } format and >= 0 and <= int.MaxValue
            && root.Number("blockSize") is { } blockSize and >= 0 and <= int.MaxValue
            && root.Number("pid") is { } pid and >= 0 and <= int.MaxValue
            ? new JournalHeader
            {
                Format = (int)format,
                Etag = etag,
                Size = size,
                BlockSize = (int)blockSize,
                Pid = (int)pid,
                Host = host,
                Started = started,
            }
            : null;
    }
}
