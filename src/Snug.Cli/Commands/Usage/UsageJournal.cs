using System.Globalization;
using System.Text;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// What commands have asked of the Hub, a line of JSON for each, in a file for each day (UTC) under <c>snug/usage</c> in <c>HF_HOME</c>. It stays on this
/// machine. Lines are appended whole, so commands that run side by side do not disturb one another.
/// </summary>
internal sealed class UsageJournal(string home)
{
    /// <summary>How long days are kept.</summary>
    public const int MaxDays = 90;

    /// <summary>A file that is longer was not written here.</summary>
    private const long MaxFileLength = 32 * 1024 * 1024;

    /// <summary>About a second; a line is written in far less.</summary>
    private const int MaxAttempts = 800;

    private const int SharingViolation = 32;
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private const string DayFormat = "yyyy-MM-dd";
    private const string Extension = ".jsonl";
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    private readonly string _folder = Path.Join(home, "snug", "usage");

    /// <summary>Adds lines. A journal that cannot be written is no reason for a command to fail.</summary>
    public void Append(IEnumerable<UsageEntry> entries)
    {
        try
        {
            foreach (IGrouping<DateOnly, UsageEntry> day in entries.GroupBy(e => e.Day))
            {
                string path = Path.Join(_folder, day.Key.ToString(DayFormat, CultureInfo.InvariantCulture) + Extension);
                if (!File.Exists(path))
                {
                    Directory.CreateDirectory(_folder);
                    RemoveOld(day.Key);
                }

                byte[] lines = Encoding.UTF8.GetBytes(string.Concat(day.Select(e => JsonOutput.Line(json => Write(json, e)) + "\n")));
                FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
                if (!OperatingSystem.IsWindows())
                {
                    // What somebody asks for is nobody else's business.
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using FileStream file = OpenAlone(path, options);
                file.Write(lines);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A cache that can only be read, for example; then nothing is counted.
        }
    }

    /// <summary>Opens a file when no other command writes to it: the end of it, once found, is where a stream writes, whoever was quicker.</summary>
    private static FileStream OpenAlone(string path, FileStreamOptions options)
    {
        SpinWait turn = default;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when ((e.HResult & 0xFFFF) is SharingViolation or LinuxWouldBlock or MacWouldBlock && attempt < MaxAttempts)
            {
                turn.SpinOnce();
            }
        }
    }

    /// <summary>The lines of the days from one on; what cannot be read is passed over.</summary>
    public IReadOnlyList<UsageEntry> Read(DateOnly first)
    {
        List<UsageEntry> entries = [];
        foreach ((string path, DateOnly day) in Files())
        {
            if (day < first)
            {
                continue;
            }

            try
            {
                if (new FileInfo(path).Length > MaxFileLength)
                {
                    continue;
                }

                using StreamReader reader = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
                while (reader.ReadLine() is { } line)
                {
                    if (TryParse(line) is { } entry)
                    {
                        entries.Add(entry);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The other days still count.
            }
        }

        return entries;
    }

    private static UsageEntry? TryParse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Options);
            JsonElement root = document.RootElement;
            return new UsageEntry(
                root.GetProperty("time").GetDateTimeOffset(),
                root.GetProperty("token").GetString(),
                root.GetProperty("masked").GetString(),
                root.GetProperty("endpoint").GetString() ?? "",
                Count(root, "requests"),
                Count(root, "refused"),
                Count(root, "bytes"),
                [.. root.GetProperty("quotas").EnumerateArray().Select(ReadQuota)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // Cut off when the disk was full, or of another version.
            return null;
        }
    }

    private static HubQuota ReadQuota(JsonElement quota) => new(
        quota.GetProperty("name").GetString() ?? "",
        Count(quota, "remaining"),
        quota.GetProperty("limit") is { ValueKind: JsonValueKind.Number } limit ? limit.GetInt64() : null,
        quota.GetProperty("resetsAt").GetDateTimeOffset(),
        quota.GetProperty("seenAt").GetDateTimeOffset());

    /// <summary>Numbers are summed, so none may be so large that sums run over.</summary>
    private static long Count(JsonElement from, string name) => Math.Clamp(from.GetProperty(name).GetInt64(), 0, 1L << 52);

    private static void Write(Utf8JsonWriter json, UsageEntry entry)
    {
        json.WriteTime("time", entry.Time);
        json.WriteString("token", entry.TokenId);
        json.WriteString("masked", entry.Masked);
        json.WriteString("endpoint", entry.Endpoint);
        json.WriteNumber("requests", entry.Requests);
        json.WriteNumber("refused", entry.Refused);
        json.WriteNumber("bytes", entry.Bytes);
        json.WriteStartArray("quotas");
        foreach (HubQuota quota in entry.Quotas)
        {
            UsageView.Write(json, quota);
        }

        json.WriteEndArray();
    }

    private void RemoveOld(DateOnly today)
    {
        foreach ((string path, DateOnly day) in Files())
        {
            if (day < today.AddDays(-MaxDays))
            {
                File.Delete(path);
            }
        }
    }

    private IEnumerable<(string Path, DateOnly Day)> Files()
    {
        if (!Directory.Exists(_folder))
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateFiles(_folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(path), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            {
                yield return (path, day);
            }
        }
    }
}
