namespace Snug.TestKit;

/// <content>Faults of the connection before there is an answer.</content>
public sealed partial class Fault
{
    /// <summary>The connection is reset before an answer.</summary>
    public static Fault Refuse() => new("refuse", exchange => exchange.ResetAsync());

    /// <summary>No answer comes, and the connection stays open.</summary>
    public static Fault StallHeaders() => new("stall before headers", exchange => exchange.HangAsync());

    /// <summary>The answer comes late, redirects included.</summary>
    public static Fault SlowHeaders(TimeSpan delay) => new(
        $"headers after {delay.TotalMilliseconds:0} ms",
        async exchange =>
        {
            await Task.Delay(delay, exchange.Ending);
            await exchange.AnswerAsync();
        });
}
