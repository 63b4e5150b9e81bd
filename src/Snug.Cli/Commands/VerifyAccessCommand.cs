using System.CommandLine;
using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug verify-access</c>: whether repositories are open to everybody, and what a token changes.</summary>
internal sealed class VerifyAccessCommand : SnugCommand
{
    /// <summary>What is verified when nothing is named: a family of public models in four sizes.</summary>
    private static readonly string[] Defaults =
        ["apple/OpenELM-270M-Instruct", "apple/OpenELM-450M-Instruct", "apple/OpenELM-1_1B-Instruct", "apple/OpenELM-3B-Instruct"];

    private readonly Argument<string[]> _list = new("LIST")
    {
        Description = "Repositories, and files with one on each line (default: the four OpenELM Instruct models).",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public VerifyAccessCommand(CliConsole console, CommonOptions common)
        : base("verify-access", "Verify for each repository: API reachable, not private, not gated, files downloadable without a token.", console, common)
    {
        Add(_list);
        AddAll(common.Token, common.Type, common.Revision, common.Json, common.Quiet);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "snug verify-access openai/whisper-tiny",
        "snug verify-access models.txt --json",
        "snug verify-access --token \"$HF_TOKEN\" meta-llama/Llama-3.2-1B",
    ];

    protected override async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        HubClientOptions options = invocation.ClientOptions();
        HubSettings settings = HubSettings.Resolve(options);
        List<RepositoryReference> references = [.. ReadList(invocation.Get(_list) ?? []).Select(text => invocation.Repository(text, settings))];
        AccessToken? token = options.Token;

        // Without --token the question is what a stranger gets; a token from the surroundings would answer another one.
        options.Token = null;
        options.UseImplicitToken = false;
        options.MaxRetries = Math.Min(options.MaxRetries, 1);
        using HubClient stranger = invocation.CreateHub(options);
        HubClientOptions tokenOptions = invocation.ClientOptions();
        tokenOptions.MaxRetries = options.MaxRetries;
        using HubClient holder = invocation.CreateHub(tokenOptions);
        VerifiedAccess[][] results = await Task.WhenAll(
            (token is null ? (HubClient[])[stranger] : [stranger, holder]).Select(hub => VerifyAsync(hub, references, cancellationToken)));
        VerifiedAccess[] without = results[0];
        VerifiedAccess[]? withToken = token is null ? null : results[1];
        if (invocation.IsJson)
        {
            invocation.WriteJson(json => WriteJson(json, without, withToken));
        }
        else
        {
            Write(invocation, without, withToken);
        }

        return withToken is null ? CodeOf(without, v => v.IsOpen) : CodeOf(withToken, v => v.IsDownloadable);
    }

    private static async Task<VerifiedAccess[]> VerifyAsync(HubClient hub, IReadOnlyList<RepositoryReference> references, CancellationToken cancellationToken)
    {
        IReadOnlyList<AccessReport> reports = await hub.CheckAccessAsync(
            references.Select(r => new AccessQuery(r.Repository) { Revision = r.Revision, IncludeSizes = true }), cancellationToken);
        return await Task.WhenAll(reports.Select(report => ProbeAsync(hub, report, cancellationToken)));
    }

    /// <summary>Asks for a file as a download does: what the check of access says is not taken at its word.</summary>
    private static async Task<VerifiedAccess> ProbeAsync(HubClient hub, AccessReport report, CancellationToken cancellationToken)
    {
        if (report.Commit is null)
        {
            return new VerifiedAccess(report, null, IsProbed: false);
        }

        try
        {
            string? smallest = null;
            await foreach (RepositoryFile file in hub.ListFilesAsync(report.Repository, report.Commit, cancellationToken: cancellationToken))
            {
                // The card and git's own file may be open where the rest is not.
                if (file.Path is not ("README.md" or ".gitattributes"))
                {
                    smallest = file.Path;
                    break;
                }
            }

            if (smallest is null)
            {
                return new VerifiedAccess(report, null, IsProbed: report.IsReadable);
            }

            await hub.GetFileMetadataAsync(report.Repository, smallest, report.Commit, cancellationToken);
            return new VerifiedAccess(report, null, IsProbed: true);
        }
        catch (HubException e)
        {
            return new VerifiedAccess(report, Failure.From(e), IsProbed: true);
        }
    }

    private static int CodeOf(VerifiedAccess[] results, Func<VerifiedAccess, bool> isGood)
    {
        VerifiedAccess? first = results.FirstOrDefault(v => !isGood(v));
        return first is null ? ExitCodes.Done
            : first.Report.ErrorKind is { } kind ? ExitCodes.For(kind, first.Report.StatusCode)
            : first.Probe?.ExitCode ?? ExitCodes.Access;
    }

    private static void Write(Invocation invocation, VerifiedAccess[] without, VerifiedAccess[]? withToken)
    {
        CliConsole console = invocation.Console;
        bool marks = console.DecoratesOut && console.HasUnicode;
        for (int i = 0; i < without.Length; i++)
        {
            VerifiedAccess open = without[i];
            VerifiedAccess? known = withToken?[i];
            console.Out.WriteLine(open.Report.Repository.ToString());
            Row("API reachable", open.IsReachable, known?.IsReachable);
            Row("not private", open.IsNotPrivate, known?.IsNotPrivate);
            Row("not gated", open.IsNotGated, known?.IsNotGated);
            Row("files downloadable", open.IsDownloadable, known?.IsDownloadable);
            console.Out.WriteLine($"  {Text.Printable((known ?? open).Report.Message)}");
            console.Out.WriteLine(open.IsOpen ? "  No authentication required." : "  Authentication required, or not available: " + (known?.IsDownloadable == true ? "the token gives access." : open.Report.Cause + "."));
            IReadOnlyList<string> advice = known?.IsDownloadable == true ? [] : (known ?? open).Report.Advice;
            for (int j = 0; j < advice.Count; j++)
            {
                console.Out.WriteLine($"    {j + 1}. {Text.Printable(advice[j])}");
            }
        }

        int openCount = without.Count(v => v.IsOpen);
        console.Out.WriteLine($"{openCount} of {Text.Count(without.Length, "repository").Replace("repositorys", "repositories", StringComparison.Ordinal)} need no authentication.");
        console.Out.Flush();

        void Row(string name, bool? value, bool? withTokenValue)
        {
            string tail = withToken is null ? "" : $"   with token: {Mark(withTokenValue)}";
            console.Out.WriteLine($"  {name.PadRight(20)} {(withToken is null ? "" : "without token: ")}{Mark(value)}{tail}");
        }

        string Mark(bool? value) => value switch
        {
            true => marks ? "✅" : "yes",
            false => marks ? "❌" : "no",
            _ => marks ? "· " : "not known",
        };
    }

    private static void WriteJson(Utf8JsonWriter json, VerifiedAccess[] without, VerifiedAccess[]? withToken)
    {
        json.WriteStartArray("repositories");
        for (int i = 0; i < without.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("repository", without[i].Report.Repository.ToString());
            json.WriteBoolean("authenticationRequired", !without[i].IsOpen);
            WriteChecks(json, "withoutToken", without[i]);
            if (withToken is not null)
            {
                WriteChecks(json, "withToken", withToken[i]);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteChecks(Utf8JsonWriter json, string name, VerifiedAccess access)
    {
        json.WriteStartObject(name);
        WriteFlag(json, "apiReachable", access.IsReachable);
        WriteFlag(json, "notPrivate", access.IsNotPrivate);
        WriteFlag(json, "notGated", access.IsNotGated);
        WriteFlag(json, "downloadable", access.IsDownloadable);
        json.WriteString("state", access.Report.Cause);
        json.WriteString("kind", access.Report.Code);
        json.WriteString("message", access.Report.Message);
        json.WriteStrings("advice", access.Report.Advice);
        json.WriteEndObject();
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static IEnumerable<string> ReadList(string[] arguments)
    {
        foreach (string argument in arguments.Length == 0 ? Defaults : arguments)
        {
            if (!File.Exists(argument))
            {
                yield return argument;
                continue;
            }

            string[] lines;
            try
            {
                lines = File.ReadAllLines(argument);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CliException.Usage($"The list '{argument}' cannot be read: {e.Message}", "Name a text file with one repository on each line.");
            }

            foreach (string line in lines.Select(l => l.Split('#', 2)[0].Trim()).Where(l => l.Length > 0))
            {
                yield return line;
            }
        }
    }
}
