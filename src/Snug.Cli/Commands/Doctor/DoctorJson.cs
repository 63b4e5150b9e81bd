using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>A diagnosis for programs.</summary>
internal static class DoctorJson
{
    public static void Write(Utf8JsonWriter json, DoctorOutcome outcome)
    {
        DoctorFacts facts = outcome.Facts;
        json.WriteString("purpose", facts.Purpose.ToString().ToLowerInvariant());
        json.WriteBoolean("ok", outcome.ExitCode == ExitCodes.Done);
        json.WriteNumber("exitCode", outcome.ExitCode);
        json.WriteStartObject("token");
        json.WriteBoolean("configured", facts.Settings.Token is not null);
        json.WriteString("masked", facts.Settings.Token?.Masked);
        json.WriteString("source", facts.Settings.TokenSource);
        json.WriteString("sourceKind", AuthenticationChecks.NameOf(facts.Settings.TokenSourceKind));
        json.WriteString("account", facts.Connection?.Identity?.Name);
        json.WriteString("name", facts.Connection?.Identity?.Token.Name);
        json.WriteString("role", facts.Connection?.Identity is { } identity ? IdentityView.NameOf(identity.Token.Role) : null);
        json.WriteString("problem", facts.Connection?.TokenProblem is { } problem ? AccessReport.NameOf(problem) : null);
        json.WriteEndObject();
        WriteConnection(json, facts);
        json.WriteStartArray("checks");
        foreach (DoctorCheck check in outcome.Checks)
        {
            json.WriteStartObject();
            json.WriteString("id", check.Id);
            json.WriteString("subject", check.Subject);
            json.WriteString("status", check.Status.ToString().ToLowerInvariant());
            json.WriteString("detail", check.Detail);
            json.WriteString("kind", check.Code);
            json.WriteStrings("advice", check.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("repositories");
        for (int i = 0; i < facts.Reports.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("origin", facts.Targets[i].Origin);
            AccessJson.Write(json, facts.Reports[i]);
            json.WriteBoolean("deferred", !facts.Reports[i].IsReadable && RepositoryChecks.IsDeferrable(facts.Reports[i]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("download");
        json.WriteNumber("totalBytes", facts.TotalBytes);
        json.WriteNumber("missingBytes", facts.MissingBytes);
        WriteNumber(json, "freeBytes", MachineChecks.FreeBytes(facts.Settings.CacheDirectory));
        WriteNumber(json, "bytesPerSecond", facts.BytesPerSecond is { } speed ? (long)speed : null);
        WriteNumber(json, "seconds", TimeEstimate.Seconds(facts) is { } seconds ? (long)Math.Ceiling(seconds) : null);
        json.WriteEndObject();
        if (TimeComparison.Of(facts) is { } comparison)
        {
            json.WriteStartObject("comparison");
            comparison.Write(json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("comparison");
        }

        json.WriteStartArray("steps");
        foreach (DoctorStep step in outcome.Steps)
        {
            json.WriteStartObject();
            json.WriteNumber("number", step.Number);
            json.WriteString("title", step.Title);
            json.WriteString("state", step.State switch
            {
                StepState.Done => "done",
                StepState.NotNeeded => "not_needed",
                StepState.Current => "current",
                _ => "todo",
            });
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("deploy");
        foreach (DeployItem item in outcome.Deploy)
        {
            json.WriteStartObject();
            json.WriteString("id", item.Id);
            json.WriteString("text", item.Text);
            json.WriteString("state", item.IsDone switch { true => "done", false => "open", _ => "manual" });
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConnection(Utf8JsonWriter json, DoctorFacts facts)
    {
        if (facts.Connection is not { } connection)
        {
            json.WriteNull("connection");
            return;
        }

        json.WriteStartObject("connection");
        json.WriteString("endpoint", connection.Endpoint.AbsoluteUri.TrimEnd('/'));
        json.WriteBoolean("reachable", connection.IsReachable);
        json.WriteString("proxy", connection.Proxy?.AbsoluteUri.TrimEnd('/'));
        WriteNumber(json, "roundTripMilliseconds", (long?)connection.RoundTrip?.TotalMilliseconds);
        WriteNumber(json, "clockSkewSeconds", (long?)connection.ClockSkew?.TotalSeconds);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
