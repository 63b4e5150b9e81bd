using System.Text.Json;

namespace Snug.Server.Tests;

/// <summary>Compares our answers with recorded ones of the real Hub.</summary>
public sealed class RecordedHubTests(SampleMirror samples) : IClassFixture<SampleMirror>
{
    /// <summary>What the real Hub computes from files or knows of usage, and a mirror does not.</summary>
    private static readonly string[] NotOurs =
        ["config", "inference", "mask_token", "model-index", "safetensors", "transformersInfo", "widgetData", "gguf", "inferenceProviderMapping"];

    private readonly Mirror _mirror = samples.Mirror;

    [Fact]
    public async Task Information_has_the_fields_of_the_real_Hub_with_their_types()
    {
        JsonElement ours = await _mirror.JsonAsync("api/models/snug/tiny-model");
        HashSet<string> known = new(StringComparer.Ordinal);
        int compared = 0;
        foreach ((string uri, JsonElement theirs) in Recorded(200))
        {
            if (!uri.StartsWith("https://huggingface.co/api/models/", StringComparison.Ordinal) || uri.Contains('?', StringComparison.Ordinal))
            {
                continue;
            }

            using JsonDocument body = JsonDocument.Parse(theirs.GetProperty("body").GetString()!);
            foreach (JsonProperty property in body.RootElement.EnumerateObject().Where(property => !NotOurs.Contains(property.Name, StringComparer.Ordinal)))
            {
                Assert.True(ours.TryGetProperty(property.Name, out JsonElement value), $"{property.Name} of {uri}");

                // Either false or the kind of gate.
                Assert.True(property.Name == "gated" || Kind(property.Value) == Kind(value), property.Name);
            }

            known.UnionWith(body.RootElement.EnumerateObject().Select(property => property.Name));
            compared++;
        }

        Assert.All(ours.EnumerateObject(), property => Assert.Contains(property.Name, known));

        Assert.True(compared > 20);
    }

    [Fact]
    public async Task An_expanded_answer_has_only_the_id_and_what_was_asked_for()
    {
        JsonElement ours = await _mirror.JsonAsync("api/models/snug/tiny-model/revision/main?expand=xetEnabled");
        JsonElement recorded = Recorded(200).First(pair => pair.Uri.EndsWith("?expand=xetEnabled", StringComparison.Ordinal)).Record;
        using JsonDocument theirs = JsonDocument.Parse(recorded.GetProperty("body").GetString()!);
        Assert.Equal(
            theirs.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal),
            ours.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_rename_is_answered_as_recorded()
    {
        (string uri, JsonElement theirs) = Recorded(307).First();
        using HttpResponseMessage ours = await _mirror.GetAsync("api/models/snug/old-name");
        JsonElement headers = theirs.GetProperty("headers");
        string location = headers.GetProperty("location").GetString()!;
        Assert.StartsWith("/api/models/", location, StringComparison.Ordinal);
        Assert.Equal(
            theirs.GetProperty("body").GetString()!.Replace(location, "/api/models/snug/tiny-model", StringComparison.Ordinal), await ours.TextAsync());
        Assert.Equal(headers.GetProperty("content-type").GetString(), ours.Header("Content-Type"));
        Assert.Equal("/api/models/snug/tiny-model", ours.Headers.Location!.OriginalString);
        Assert.NotEmpty(uri);
    }

    [Fact]
    public async Task The_headers_that_browsers_may_read_include_those_of_the_real_Hub()
    {
        JsonElement theirs = Recorded(200).First().Record;
        string[] exposed = theirs.GetProperty("headers").GetProperty("access-control-expose-headers").GetString()!.Split(',');
        using HttpResponseMessage ours = await _mirror.GetAsync("api/models/tiny");
        string[] own = ours.Header("Access-Control-Expose-Headers")!.Split(',');

        // Nothing here is served from a store of chunks, so that those headers never appear.
        Assert.All(exposed.Where(name => !name.StartsWith("X-Xet-", StringComparison.Ordinal)), name => Assert.Contains(name, own));
    }

    private static string Kind(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : value.ValueKind.ToString();

    private static IEnumerable<(string Uri, JsonElement Record)> Recorded(int status)
    {
        string? file = Files.Fixtures is { } fixtures ? Path.Combine(fixtures, "hub", "hub-interactions.jsonl") : null;
        if (file is null || !File.Exists(file))
        {
            Assert.Skip("The recorded answers are not here; SNUG_FIXTURES names their folder.");
        }

        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement record = document.RootElement;
            if (record.GetProperty("method").GetString() == "GET" && record.GetProperty("status").GetInt32() == status)
            {
                yield return (record.GetProperty("uri").GetString()!, record.Clone());
            }
        }
    }
}
