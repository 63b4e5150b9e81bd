using System.Text.Json;

namespace Snug.Hub;

/// <summary>Reads the answer to <c>GET /api/models/ID/refs</c>.</summary>
internal static class RefsJson
{
    /// <exception cref="JsonException">The answer has another form.</exception>
    public static RepositoryRefs Read(JsonElement answer) =>
        new(Refs(answer, "branches"), Refs(answer, "tags"), Refs(answer, "converts"), Refs(answer, "pullRequests"));

    private static List<RepositoryRef> Refs(JsonElement answer, string name)
    {
        List<RepositoryRef> refs = [];
        foreach (JsonElement entry in answer.Elements(name))
        {
            if (entry.Text("name") is { } label && entry.Text("targetCommit") is { } commit)
            {
                refs.Add(new RepositoryRef(label, entry.Text("ref") ?? label, commit));
            }
        }

        return refs;
    }
}
