using System.Text.Json;

namespace Snug.Cli;

/// <summary>A command that works without a terminal, as its record tells it. Numbers are of the download that is under way.</summary>
internal sealed record Job(string Id, JobState State, IReadOnlyList<string> Repositories, DateTimeOffset Started)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    public int? ProcessId { get; init; }

    public int? ExitCode { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public int FilesDone { get; init; }

    public int FilesTotal { get; init; }

    public long BytesDone { get; init; }

    public long BytesTotal { get; init; }

    public double BytesPerSecond { get; init; }

    public double? SecondsLeft { get; init; }

    /// <summary>Where what it says goes.</summary>
    public string Log { get; init; } = "";

    /// <summary>The whole percent that is done; nothing before it is known what there is to do.</summary>
    public int? Percent => State == JobState.Done ? 100 : BytesTotal > 0 ? (int)(Math.Clamp((double)BytesDone / BytesTotal, 0, 1) * 99.99) : null;

    public static string NameOf(JobState state) => state.ToString().ToLowerInvariant();

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Job Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, Options);
        JsonElement root = document.RootElement;
        try
        {
            return new Job(
                root.GetProperty("id").GetString() ?? throw new JsonException(),
                Enum.TryParse(root.GetProperty("state").GetString(), ignoreCase: true, out JobState state) ? state : throw new JsonException(),
                [.. root.GetProperty("repositories").EnumerateArray().Select(repository => repository.GetString() ?? "")],
                root.GetProperty("started").GetDateTimeOffset())
            {
                ProcessId = root.GetProperty("processId") is { ValueKind: JsonValueKind.Number } id ? id.GetInt32() : null,
                ExitCode = root.GetProperty("exitCode") is { ValueKind: JsonValueKind.Number } code ? code.GetInt32() : null,
                Ended = root.GetProperty("ended") is { ValueKind: JsonValueKind.String } ended ? ended.GetDateTimeOffset() : null,
                FilesDone = root.GetProperty("filesDone").GetInt32(),
                FilesTotal = root.GetProperty("filesTotal").GetInt32(),
                BytesDone = root.GetProperty("bytesDone").GetInt64(),
                BytesTotal = root.GetProperty("bytesTotal").GetInt64(),
                BytesPerSecond = root.GetProperty("bytesPerSecond").GetDouble(),
                SecondsLeft = root.GetProperty("secondsLeft") is { ValueKind: JsonValueKind.Number } left ? left.GetDouble() : null,
                Log = root.GetProperty("log").GetString() ?? "",
            };
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("It has another form.", e);
        }
    }

    /// <summary>Writes the properties of a record, which are those of <c>snug jobs --json</c> too.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("id", Id);
        json.WriteString("state", NameOf(State));
        json.WriteStrings("repositories", Repositories);
        json.WriteTime("started", Started);
        json.WriteTime("ended", Ended);
        Write(json, "processId", ProcessId);
        Write(json, "exitCode", ExitCode);
        Write(json, "percent", Percent);
        json.WriteNumber("filesDone", FilesDone);
        json.WriteNumber("filesTotal", FilesTotal);
        json.WriteNumber("bytesDone", BytesDone);
        json.WriteNumber("bytesTotal", BytesTotal);
        json.WriteNumber("bytesPerSecond", Math.Round(BytesPerSecond));
        if (SecondsLeft is { } left)
        {
            json.WriteNumber("secondsLeft", Math.Round(left, 1));
        }
        else
        {
            json.WriteNull("secondsLeft");
        }

        json.WriteString("log", Log);
    }

    private static void Write(Utf8JsonWriter json, string name, int? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
