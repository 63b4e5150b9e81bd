using System.Globalization;

namespace Snug.Cli;

/// <summary>Numbers, times and foreign text as people read them.</summary>
internal static class Text
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>A size in decimal units with three digits that count: <c>512 B</c>, <c>12.3 kB</c>, <c>1.08 GB</c>.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        string format = unit == 0 || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    public static string Rate(double bytesPerSecond) => Size((long)bytesPerSecond) + "/s";

    /// <summary>A length of time: <c>0.4 s</c>, <c>12 s</c>, <c>3 min 20 s</c>, <c>2 h 5 min</c>, <c>3 days</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        double seconds = time.TotalSeconds;
        return seconds < 9.95 ? seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
            : seconds < 59.5 ? seconds.ToString("0", CultureInfo.InvariantCulture) + " s"
            : seconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s")
            : seconds < 86400 ? string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 3600} h {(int)seconds / 60 % 60} min")
            : Count((long)seconds / 86400, "day");
    }

    /// <summary>How long ago something was: <c>just now</c>, <c>5 minutes ago</c>, <c>3 days ago</c>.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan age = now - then;
        return age.TotalMinutes < 1 ? "just now"
            : age.TotalHours < 1 ? Count((long)age.TotalMinutes, "minute") + " ago"
            : age.TotalDays < 1 ? Count((long)age.TotalHours, "hour") + " ago"
            : age.TotalDays < 60 ? Count((long)age.TotalDays, "day") + " ago"
            : age.TotalDays < 730 ? Count((long)(age.TotalDays / 30.44), "month") + " ago"
            : Count((long)(age.TotalDays / 365.25), "year") + " ago";
    }

    /// <summary>A number of things: <c>1 file</c>, <c>2,000 files</c>.</summary>
    public static string Count(long number, string singular) =>
        number.ToString("#,0", CultureInfo.InvariantCulture) + " " + singular + (number == 1 ? "" : "s");

    /// <summary>Text from elsewhere without what a terminal would obey: file names may hold anything.</summary>
    public static string Printable(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
            }
        }

        return text;
    }

    /// <summary>Cuts text in the middle, where paths are least telling.</summary>
    public static string Shorten(string text, int width) => text.Length <= width ? text
        : width < 8 ? text[..Math.Max(0, width)]
        : string.Concat(text.AsSpan(0, (width - 1) / 3), "…", text.AsSpan(text.Length - (width - 1 - ((width - 1) / 3))));

    /// <summary>A commit as people quote it.</summary>
    public static string ShortCommit(string commit) => commit.Length > 8 ? commit[..8] : commit;
}
