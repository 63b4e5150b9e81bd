using System.Collections.Frozen;
using Snug.Hub;

namespace Snug.Server;

/// <summary>
/// A request's path, taken apart. Done by hand on the raw target: ids have one or two parts, a revision may hold encoded slashes that the
/// server's own decoding would lose, and there is one route for each file of each repository.
/// </summary>
internal readonly record struct HubRoute(RouteKind Kind, RepositoryId? Repository, string Revision, string Path)
{
    /// <summary>Where the id stands in the path that was parsed.</summary>
    public Range Id { get; private init; }

    /// <summary>The type of repository asked for, where the path says it.</summary>
    public RepositoryType Type { get; private init; }

    /// <summary>Whether the stored form of a file is wanted: for a large file, its pointer.</summary>
    public bool IsRaw { get; private init; }

    // More parts than any route has before its file path.
    private const int MaxParts = 9;

    private static readonly FrozenDictionary<string, RouteKind> Actions = new Dictionary<string, RouteKind>(StringComparer.Ordinal)
    {
        ["revision"] = RouteKind.Info,
        ["tree"] = RouteKind.Tree,
        ["paths-info"] = RouteKind.PathsInfo,
        ["refs"] = RouteKind.References,
        ["commits"] = RouteKind.Commits,
        ["auth-check"] = RouteKind.AuthCheck,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Actions of the Hub that are known by name only, so that an id of one part before them is seen as such.</summary>
    private static readonly FrozenSet<string> OtherActions = new[]
    {
        "branch", "commit", "compare", "discussions", "jwt", "lfs-files", "likers", "notebook", "preupload", "resource-group", "runtime",
        "scan", "secrets", "settings", "super-squash", "tag", "treesize", "user-access-request", "variables", "xet-read-token", "xet-write-token",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Takes a path apart; it begins with a slash and has neither query nor prefix.</summary>
    public static HubRoute Parse(ReadOnlySpan<char> path)
    {
        // Clients that join an endpoint ending in a slash with a path beginning with one ask for "//api/…".
        int start = path.Length - path.TrimStart('/').Length;
        path = path.TrimEnd('/');
        path = start < path.Length ? path[start..] : [];
        Span<Range> parts = stackalloc Range[MaxParts];
        int count = path.IsEmpty ? 0 : path.Split(parts, '/');
        if (count == 0)
        {
            return new HubRoute(RouteKind.NotFound, null, string.Empty, string.Empty);
        }

        HubRoute route = path[parts[0]] is "api" ? ParseApi(path, parts[1..count]) : ParseFile(path, parts[..count]);
        return route with { Id = (route.Id.Start.Value + start)..(route.Id.End.Value + start) };
    }

    private static HubRoute ParseFile(ReadOnlySpan<char> path, ReadOnlySpan<Range> parts)
    {
        RepositoryType type = RepositoryType.Model;
        if (parts.Length > 1 && TypeOf(path[parts[0]]) is { } named && named != RepositoryType.Model)
        {
            type = named;
            parts = parts[1..];
        }

        for (int idParts = 1; idParts <= 2 && idParts + 1 < parts.Length; idParts++)
        {
            if (path[parts[idParts]] is "resolve" or "raw")
            {
                return Located(RouteKind.Resolve, type, path, parts[..idParts], parts[(idParts + 1)..]) with { IsRaw = path[parts[idParts]] is "raw" };
            }
        }

        return new HubRoute(RouteKind.NotFound, null, string.Empty, string.Empty);
    }

    private static HubRoute ParseApi(ReadOnlySpan<char> path, ReadOnlySpan<Range> parts)
    {
        if (parts.IsEmpty)
        {
            return new HubRoute(RouteKind.NotImplemented, null, string.Empty, string.Empty);
        }

        ReadOnlySpan<char> first = path[parts[0]];
        if (first is "whoami-v2" && parts.Length == 1)
        {
            return new HubRoute(RouteKind.WhoAmI, null, string.Empty, string.Empty);
        }

        bool cached = first is "resolve-cache" && parts.Length > 1;
        if (cached)
        {
            parts = parts[1..];
        }

        if (TypeOf(path[parts[0]]) is not { } type)
        {
            // Clients probe for services that not every endpoint has, and expect a plain "no".
            return new HubRoute(first is "agent-harnesses" ? RouteKind.NotFound : RouteKind.NotImplemented, null, string.Empty, string.Empty);
        }

        parts = parts[1..];
        if (cached)
        {
            return ParseResolveCache(type, path, parts);
        }

        return parts.IsEmpty
            ? new HubRoute(RouteKind.List, null, string.Empty, string.Empty) { Type = type }
            : ParseRepository(type, path, parts);
    }

    private static HubRoute ParseRepository(RepositoryType type, ReadOnlySpan<char> path, ReadOnlySpan<Range> parts)
    {
        int idParts = 1;
        if (parts.Length > 1)
        {
            ReadOnlySpan<char> second = path[parts[1]];
            bool action = Actions.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(second)
                || OtherActions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(second);
            idParts = action ? 1 : 2;
        }

        ReadOnlySpan<Range> id = parts[..idParts];
        ReadOnlySpan<Range> rest = parts[idParts..];
        if (rest.IsEmpty)
        {
            return Located(RouteKind.Info, type, path, id, []);
        }

        if (!Actions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path[rest[0]], out RouteKind kind))
        {
            return new HubRoute(RouteKind.NotImplemented, null, string.Empty, string.Empty);
        }

        if (kind == RouteKind.AuthCheck && rest.Length > 1)
        {
            kind = path[rest[1]] is "write" ? RouteKind.AuthCheckWrite : RouteKind.NotFound;
            return Located(kind, type, path, id, []);
        }

        bool takesRevision = kind is not (RouteKind.References or RouteKind.AuthCheck);
        return takesRevision == (rest.Length > 1)
            ? Located(kind, type, path, id, rest[1..])
            : new HubRoute(RouteKind.NotFound, null, string.Empty, string.Empty);
    }

    /// <summary>Takes apart the path of a signed storage address: type, id, commit, file.</summary>
    public static HubRoute ParseStorage(ReadOnlySpan<char> path)
    {
        path = path.TrimStart('/');
        Span<Range> parts = stackalloc Range[MaxParts];
        int count = path.IsEmpty ? 0 : path.Split(parts, '/');
        return count > 0 && TypeOf(path[parts[0]]) is { } type
            ? ParseResolveCache(type, path, parts[1..count])
            : new HubRoute(RouteKind.NotFound, null, string.Empty, string.Empty);
    }

    /// <summary>The commit in these addresses is always whole, which tells where the id ends.</summary>
    private static HubRoute ParseResolveCache(RepositoryType type, ReadOnlySpan<char> path, ReadOnlySpan<Range> parts)
    {
        for (int idParts = 1; idParts <= 2 && idParts < parts.Length; idParts++)
        {
            if (Revisions.IsCommit(path[parts[idParts]]))
            {
                return Located(RouteKind.ResolveCache, type, path, parts[..idParts], parts[idParts..]);
            }
        }

        return new HubRoute(RouteKind.NotFound, null, string.Empty, string.Empty);
    }

    private static HubRoute Located(RouteKind kind, RepositoryType type, ReadOnlySpan<char> path, ReadOnlySpan<Range> id, ReadOnlySpan<Range> rest)
    {
        Range idRange = id[0].Start..id[^1].End;
        RepositoryId.TryCreate(type, path[idRange].ToString(), out RepositoryId? repository, out _);
        HubRoute route = new(kind, repository, string.Empty, string.Empty) { Id = idRange, Type = type };
        if (rest.IsEmpty)
        {
            return route;
        }

        // refs/pr/1 and its like may come with plain slashes, too.
        bool isReference = rest.Length > 2 && path[rest[0]] is "refs" && path[rest[1]] is "pr" or "convert" or "heads" or "tags";
        int revisionParts = isReference ? 3 : 1;
        return rest.Length > revisionParts
            ? route with
            {
                Revision = Decode(path[rest[0].Start..rest[revisionParts - 1].End]),
                Path = Decode(path[rest[revisionParts].Start..]),
            }
            : route with { Revision = Decode(path[rest[0].Start..]) };
    }

    private static RepositoryType? TypeOf(ReadOnlySpan<char> plural) => plural switch
    {
        "models" => RepositoryType.Model,
        "datasets" => RepositoryType.Dataset,
        "spaces" => RepositoryType.Space,
        _ => null,
    };

    private static string Decode(ReadOnlySpan<char> text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text.ToString();
}
