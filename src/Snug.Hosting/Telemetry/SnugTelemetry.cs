namespace Snug.Hosting;

/// <summary>The names under which a listener, OpenTelemetry for example, finds what is measured.</summary>
public static class SnugTelemetry
{
    /// <summary>
    /// The meter: <c>snug.model.attempts</c>, <c>snug.model.transferred</c> (bytes), <c>snug.model.duration</c> (seconds), and
    /// <c>snug.models</c> by state.
    /// </summary>
    public const string MeterName = "Snug.Hosting";

    /// <summary>The source of activities: <c>snug.model.ensure</c> for each try to make a model ready.</summary>
    public const string ActivitySourceName = "Snug.Hosting";
}
