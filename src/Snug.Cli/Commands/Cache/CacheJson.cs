using System.Text.Json;
using Snug.Hub;

namespace Snug.Cli;

/// <summary>What is in the cache, as JSON.</summary>
internal static class CacheJson
{
    public static void WriteRepository(Utf8JsonWriter json, CachedRepository repository)
    {
        json.WriteString("repository", repository.Id.ToString());
        json.WriteString("directory", repository.Directory);
        json.WriteNumber("sizeInBytes", repository.SizeInBytes);
        json.WriteNumber("unreferencedBytes", repository.UnreferencedBytes);
        json.WriteNumber("partialBytes", repository.PartialBytes);
        json.WriteTime("lastModified", repository.LastModified);
        json.WriteTime("lastAccessed", repository.LastAccessed);
        json.WriteStartObject("refs");
        foreach ((string name, string commit) in repository.Refs.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, commit);
        }

        json.WriteEndObject();
        json.WriteStartArray("revisions");
        foreach (CachedRevision revision in repository.Revisions)
        {
            json.WriteStartObject();
            json.WriteString("commit", revision.Commit);
            json.WriteString("directory", revision.Directory);
            json.WriteNumber("sizeInBytes", revision.SizeInBytes);
            json.WriteTime("lastModified", revision.LastModified);
            json.WriteStrings("refs", revision.Refs);
            json.WriteStrings("files", revision.Files.Select(f => f.Path));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A kind as programs read it: <c>broken_link</c>.</summary>
    public static string Name<T>(T kind)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static void WriteProblems(Utf8JsonWriter json, IReadOnlyList<CacheProblem> problems)
    {
        json.WriteStartArray("problems");
        foreach (CacheProblem problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("kind", Name(problem.Kind));
            json.WriteString("repository", problem.Repository?.ToString());
            json.WriteString("path", problem.Path);
            json.WriteString("message", problem.Message);
            json.WriteString("advice", problem.Advice);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
