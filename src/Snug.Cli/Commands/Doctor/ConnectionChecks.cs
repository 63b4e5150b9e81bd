using Snug.Hub;

namespace Snug.Cli;

/// <summary>The way to the Hub, and the clocks at its two ends.</summary>
internal static class ConnectionChecks
{
    /// <summary>Beyond this, signed addresses and certificates begin to fail.</summary>
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    public static IEnumerable<DoctorCheck> Run(DoctorFacts facts)
    {
        if (facts.Connection is not { } connection)
        {
            yield return DoctorCheck.Skipped("endpoint", "endpoint", "Not asked: offline mode is on.");
            yield break;
        }

        yield return Endpoint(facts, connection);
        if (connection.ClockSkew is { } skew)
        {
            yield return Clock(facts, skew);
        }

        if (facts.BytesPerSecond is { } speed)
        {
            yield return Speed(facts, speed);
        }
    }

    private static DoctorCheck Endpoint(DoctorFacts facts, ConnectionReport connection)
    {
        string address = connection.Endpoint.AbsoluteUri.TrimEnd('/');
        string via = connection.Proxy is { } proxy ? $" through the proxy {proxy.AbsoluteUri.TrimEnd('/')}" : "";
        if (connection.IsReachable && connection.ErrorKind is null or HubErrorKind.InvalidToken)
        {
            string time = connection.RoundTrip is { } roundTrip ? $" in {Text.Duration(roundTrip)}" : "";
            return DoctorCheck.Ok("endpoint", "endpoint", $"{address} answered{time}{via}.");
        }

        // Nothing that is needed has to come over the line: then a broken line is no obstacle.
        bool isNeeded = facts.Reports.Count == 0 || facts.Reports.Any(r => !r.IsReadable && r.Cached is not { IsWhole: true });
        DoctorCheck check = new("endpoint", "endpoint", isNeeded ? CheckStatus.Failed : CheckStatus.Warning, $"{address}{via}: {connection.Message}")
        {
            Advice = connection.Advice,
            Code = connection.ErrorKind is { } kind ? HubException.CodeOf(kind) : null,
            ExitCode = connection.ErrorKind == HubErrorKind.RateLimited ? ExitCodes.RateLimited : ExitCodes.Network,
        };
        return check;
    }

    private static DoctorCheck Speed(DoctorFacts facts, double speed)
    {
        if (speed >= TimeEstimate.Typical.Min())
        {
            return DoctorCheck.Ok("speed", "speed", $"{Text.Rate(speed)}.");
        }

        List<string> advice = [];
        if (facts.Settings.Token is null)
        {
            advice.Add($"Use a token: downloads with one have priority. {facts.TokensPage}");
        }

        advice.Add(facts.Connection?.Proxy is null
            ? "Try another network: a cable instead of radio, no VPN, or a mirror that is near (HF_ENDPOINT)."
            : "Try without the proxy, or another network; or a mirror that is near (HF_ENDPOINT).");
        advice.Add("Download beforehand and in the background ('snug ensure --background', or 'snug setup'): an interruption costs nothing, and the job starts at once.");
        return DoctorCheck.Warning("speed", "speed", $"{Text.Rate(speed)} is slow.", advice);
    }

    private static DoctorCheck Clock(DoctorFacts facts, TimeSpan skew)
    {
        string detail = skew.Duration() < TimeSpan.FromSeconds(2)
            ? "In step with the Hub's."
            : $"{Text.Duration(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the Hub's.";
        if (skew.Duration() <= MaxClockSkew)
        {
            return DoctorCheck.Ok("clock", "clock", detail);
        }

        string[] advice = ["Set this machine's clock (turn on time synchronisation): signed download addresses and certificates fail with a wrong one."];
        return facts.Purpose == DoctorPurpose.Training
            ? DoctorCheck.Failed("clock", "clock", detail, ExitCodes.Network, advice)
            : DoctorCheck.Warning("clock", "clock", detail, advice);
    }
}
