using System.Globalization;
using System.Text;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>A failure for people: what happened to what, then what to do next, numbered, as the command line says it.</summary>
internal static class FailureText
{
    public static string Of(Exception failure)
    {
        StringBuilder text = new(failure.Message);
        foreach ((int index, string advice) in (failure as HubException)?.Advice.Index() ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {index + 1}. {advice}");
        }

        return text.ToString();
    }
}
