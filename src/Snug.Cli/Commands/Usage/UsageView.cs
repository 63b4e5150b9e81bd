using System.Globalization;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>Shows what was asked of the Hub: a line for each day and token, and what is left of the Hub's limits.</summary>
internal sealed class UsageView
{
    private readonly List<UsageEntry> _days;
    private readonly List<(UsageEntry Of, HubQuota Quota)> _quotas;

    public UsageView(IReadOnlyList<UsageEntry> entries)
    {
        _days =
        [
            .. entries.GroupBy(e => (e.Day, e.TokenId, e.Endpoint)).Select(g => g.Last() with
            {
                Requests = g.Sum(e => e.Requests),
                Refused = g.Sum(e => e.Refused),
                Bytes = g.Sum(e => e.Bytes),
            }).OrderByDescending(e => e.Day).ThenBy(e => e.TokenId, StringComparer.Ordinal).ThenBy(e => e.Endpoint, StringComparer.Ordinal),
        ];
        _quotas =
        [
            .. entries.SelectMany(e => e.Quotas.Select(q => (Of: e, Quota: q))).GroupBy(p => (p.Of.TokenId, p.Of.Endpoint, p.Quota.Name))
                .Select(g => g.MaxBy(p => p.Quota.SeenAt))
                .OrderBy(p => p.Of.TokenId, StringComparer.Ordinal).ThenBy(p => p.Of.Endpoint, StringComparer.Ordinal).ThenBy(p => p.Quota.Name, StringComparer.Ordinal),
        ];
    }

    public bool IsEmpty => _days.Count == 0;

    public static void Write(Utf8JsonWriter json, HubQuota quota)
    {
        json.WriteStartObject();
        WriteMembers(json, quota);
        json.WriteEndObject();
    }

    public void WriteTable(CliConsole console)
    {
        Table days = new(new("DAY"), new("TOKEN"), new("REQUESTS", IsNumber: true), new("REFUSED", IsNumber: true), new("RECEIVED", IsNumber: true), new("ENDPOINT"));
        foreach (UsageEntry day in _days)
        {
            days.Add(
                DayOf(day), Name(day), TableCell.Number(day.Requests), TableCell.Number(day.Refused), TableCell.Size(day.Bytes), day.Endpoint);
        }

        days.Write(console);
    }

    /// <summary>What is left of the Hub's limits, a sentence for each.</summary>
    public IEnumerable<string> Sentences(DateTimeOffset now)
    {
        foreach ((UsageEntry of, HubQuota quota) in _quotas)
        {
            string whose = $"{quota.Name} at {of.Endpoint}, {Name(of)}";
            string all = quota.Limit is { } limit ? $" of {limit}" : "";
            yield return quota.ResetsAt <= now
                ? $"{whose}: the whole limit is there again{(quota.Limit is { } whole ? $" ({whole} requests)" : "")}."
                : $"{whose}: {quota.Remaining}{all} requests are left for {Text.Duration(quota.ResetsAt - now)} (seen {Text.Ago(quota.SeenAt, now)}).";
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartArray("days");
        foreach (UsageEntry day in _days)
        {
            json.WriteStartObject();
            json.WriteString("day", DayOf(day));
            WriteToken(json, day);
            json.WriteNumber("requests", day.Requests);
            json.WriteNumber("refused", day.Refused);
            json.WriteNumber("bytes", day.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("quotas");
        foreach ((UsageEntry of, HubQuota quota) in _quotas)
        {
            json.WriteStartObject();
            WriteToken(json, of);
            WriteMembers(json, quota);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteToken(Utf8JsonWriter json, UsageEntry entry)
    {
        json.WriteString("endpoint", entry.Endpoint);
        json.WriteString("tokenId", entry.TokenId);
        json.WriteString("token", entry.Masked);
    }

    private static void WriteMembers(Utf8JsonWriter json, HubQuota quota)
    {
        json.WriteString("name", quota.Name);
        json.WriteNumber("remaining", quota.Remaining);
        if (quota.Limit is { } limit)
        {
            json.WriteNumber("limit", limit);
        }
        else
        {
            json.WriteNull("limit");
        }

        json.WriteTime("resetsAt", quota.ResetsAt);
        json.WriteTime("seenAt", quota.SeenAt);
    }

    private static string DayOf(UsageEntry entry) => entry.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Name(UsageEntry entry) => entry.TokenId is null ? "anonymous" : $"{entry.Masked} ({entry.TokenId})";
}
