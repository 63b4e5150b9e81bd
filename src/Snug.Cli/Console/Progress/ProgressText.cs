using Snug.Hub;

namespace Snug.Cli;

/// <summary>Numbers of a download in words.</summary>
internal static class ProgressText
{
    /// <summary>Whole percent; 100 only when everything is done.</summary>
    public static int Percent(long done, long total) => total <= 0 || done >= total ? 100 : (int)Math.Min(99, done * 100.0 / total);

    public static string Line(DownloadProgress overall)
    {
        string text = $"{Percent(overall.BytesDone, overall.BytesTotal),3}%  {Text.Size(overall.BytesDone)} of {Text.Size(overall.BytesTotal)}"
            + $"  {overall.FilesDone:#,0}/{Text.Count(overall.FilesTotal, "file")}";
        if (overall.BytesPerSecond > 0)
        {
            text += "  " + Text.Rate(overall.BytesPerSecond);
        }

        return overall.Remaining is { } left ? text + "  " + Text.Duration(left) + " left" : text;
    }
}
