namespace Snug.Hub;

/// <summary>What a program did. Its output may be a secret, so it does not print itself.</summary>
internal sealed class HelperResult(int exitCode, string output, string error)
{
    public int ExitCode => exitCode;

    public string Output => output;

    /// <summary>The first line that it complained with, short enough for a message.</summary>
    public string Complaint
    {
        get
        {
            string line = error.AsSpan().Trim().ToString().Split('\n')[0].Trim();
            string clean = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
            return clean.Length > 200 ? clean[..197] + "..." : clean.Length > 0 ? clean : $"exit code {exitCode}";
        }
    }
}
