namespace Snug.Architecture.Tests;

/// <summary>Pages that people look for have what they look for.</summary>
public sealed class GuideTests
{
    [Fact]
    [Trait("Requirement", "S2-36")]
    public void The_guide_to_models_in_an_application_has_its_six_parts()
    {
        string page = Repository.Read("docs/download-guide.md");

        Assert.Equal(["Authentication", "Kinds of models", "Implementation", "Verification", "Production", "Troubleshooting"], Headings(page));
        Assert.All(Headings(page), heading => Assert.True(Section(page, heading).Length > 200, heading));
        Assert.Contains("(download-guide.md)", Repository.Read("docs/README.md"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S4-24")]
    public void How_models_are_made_ready_is_told_with_variables_ways_to_call_it_and_where_messages_go()
    {
        string section = Section(Repository.Read("docs/cli.md"), "ensure");

        Assert.All(
            (string[])
            [
                "snug ensure -m openai/whisper-tiny", "WHISPER_MODEL", "HUGGINGFACE_TOKEN", "HF_HOME", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "--cache-dir", "--force",
                "installed tool", "dotnet snug.dll ensure", "DownloadSnapshotAsync", "logger", "standard output", "standard error", "time and level",
            ],
            word => Assert.Contains(word, section, StringComparison.Ordinal));
        Assert.Contains("snug ensure -m", Repository.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains("(docs/cli.md)", Repository.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S4-30")]
    public void The_decision_for_snapshots_on_a_mounted_cache_is_written_down_with_its_reasons()
    {
        const string Page = "0009-models-in-containers.md";
        string record = Repository.Read("docs/adr/" + Page);

        Assert.All(["**Context.**", "**Decision.**", "**Consequences.**", "We considered"], (string part) => Assert.Contains(part, record, StringComparison.Ordinal));
        Assert.All(
            ["idempotent snapshot", "token from the environment", "HF_HOME", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "snug ensure", "HubClient.DownloadSnapshotAsync"],
            (string reason) => Assert.Contains(reason, record, StringComparison.Ordinal));
        Assert.Contains($"({Page})", Repository.Read("docs/adr/README.md"), StringComparison.Ordinal);
        Assert.Contains($"(adr/{Page})", Repository.Read("docs/hosting.md"), StringComparison.Ordinal);
    }

    private static string[] Headings(string page) =>
        [.. page.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..].Trim())];

    private static string Section(string page, string heading) => page.Split("\n## ").Single(part => part.Split('\n')[0].Trim() == heading);
}
