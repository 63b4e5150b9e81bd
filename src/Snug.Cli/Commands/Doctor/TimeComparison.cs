using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>
/// What the same work costs with the token first, and with a token that is found missing in the running job. Downloads are reckoned from sizes and speed,
/// stages from what they took the last time; what the start of the job takes, nobody here knows.
/// </summary>
internal sealed class TimeComparison
{
    /// <summary>A token copied from the page and pasted: by hand, and therefore the same everywhere.</summary>
    private static readonly TimeSpan Login = TimeSpan.FromMinutes(1);

    private readonly DoctorFacts _facts;
    private readonly double[] _speeds;
    private readonly long _openBytes;
    private readonly long _closedBytes;

    private TimeComparison(DoctorFacts facts)
    {
        _facts = facts;
        _speeds = facts.BytesPerSecond is { } measured ? [measured] : [.. TimeEstimate.Typical.OrderDescending()];
        _closedBytes = facts.MissingBytesOf(NeedsToken);
        _openBytes = facts.MissingBytes - _closedBytes;
    }

    /// <summary>The comparison, or <see langword="null"/> where nothing that is still to be downloaded needs a token.</summary>
    public static TimeComparison? Of(DoctorFacts facts) => facts.MissingBytesOf(NeedsToken) > 0 ? new TimeComparison(facts) : null;

    public void Write(TextWriter output)
    {
        string speeds = string.Join(" to ", _speeds.Reverse().Select(Text.Rate));
        string stages = _facts.StageTime is { } time ? Text.Duration(time) : _facts.HasStages ? "not known yet" : "-";
        (string What, string First, string Late)[] rows =
        [
            ("", "token first", "token late"),
            ("log in, before everything", Text.Duration(Login), "-"),
            ("stages of the set-up", stages, stages),
            ("downloads of the set-up", Range(_openBytes + _closedBytes), Range(_openBytes)),
            ("the job starts, and stops at the model", "-", "lost"),
            ("log in, while its machine waits", "-", Text.Duration(Login)),
            ("downloads, while its machine waits", "-", Range(_closedBytes)),
            ("its machine waits", "-", Range(_closedBytes, Login)),
        ];
        int what = rows.Max(r => r.What.Length) + 2;
        int first = rows.Max(r => r.First.Length) + 2;
        output.WriteLine($"The same work with the token first, and with a token that is found missing in the running job (at {speeds}):");
        foreach ((string name, string early, string late) in rows)
        {
            output.WriteLine($"  {name.PadRight(what)}{early.PadRight(first)}{late}");
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("measured", _facts.BytesPerSecond is not null);
        json.WriteStartArray("bytesPerSecond");
        foreach (double speed in _speeds)
        {
            json.WriteNumberValue((long)speed);
        }

        json.WriteEndArray();
        json.WriteStartArray("scenarios");
        Write(json, "token_first", _openBytes + _closedBytes, waitingBytes: 0, isLate: false);
        Write(json, "token_late", _openBytes, _closedBytes, isLate: true);
        json.WriteEndArray();
    }

    private static bool NeedsToken(AccessReport report) => report.Gate is GatedMode.Auto or GatedMode.Manual || report.IsPrivate == true;

    private void Write(Utf8JsonWriter json, string name, long setupBytes, long waitingBytes, bool isLate)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("loginSeconds", (long)Login.TotalSeconds);
        if (_facts.StageTime is { } stages)
        {
            json.WriteNumber("stageSeconds", Math.Round(stages.TotalSeconds, 1));
        }
        else
        {
            json.WriteNull("stageSeconds");
        }

        WriteRange(json, "setupDownloadSeconds", setupBytes, TimeSpan.Zero);
        WriteRange(json, "waitingSeconds", waitingBytes, isLate ? Login : TimeSpan.Zero);
        json.WriteNumber("lostStarts", isLate ? 1 : 0);
        json.WriteEndObject();
    }

    /// <summary>The shortest and the longest, one beside the other; the same twice where the speed was measured.</summary>
    private void WriteRange(Utf8JsonWriter json, string name, long bytes, TimeSpan more)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(Math.Round(Seconds(bytes, _speeds[0], more), 1));
        json.WriteNumberValue(Math.Round(Seconds(bytes, _speeds[^1], more), 1));
        json.WriteEndArray();
    }

    private string Range(long bytes, TimeSpan more = default) => bytes == 0 && more == TimeSpan.Zero
        ? "-"
        : string.Join(" to ", _speeds.Select(speed => Text.Duration(TimeSpan.FromSeconds(Seconds(bytes, speed, more)))).Distinct(StringComparer.Ordinal));

    private static double Seconds(long bytes, double speed, TimeSpan more) => (bytes / speed) + more.TotalSeconds;
}
