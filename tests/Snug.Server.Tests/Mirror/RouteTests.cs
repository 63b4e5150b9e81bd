namespace Snug.Server.Tests;

public sealed class RouteTests
{
    [Theory]
    [InlineData("/gpt2/resolve/main/config.json", "Resolve", "gpt2", "main", "config.json")]
    [InlineData("/a/b/resolve/main/x/y.txt", "Resolve", "a/b", "main", "x/y.txt")]
    [InlineData("/a/b/raw/main/x", "Resolve", "a/b", "main", "x")]
    [InlineData("/datasets/a/b/resolve/refs%2Fpr%2F1/x", "Resolve", "datasets/a/b", "refs/pr/1", "x")]
    [InlineData("/datasets/squad/resolve/main/x", "Resolve", "datasets/squad", "main", "x")]
    [InlineData("/spaces/a/b/resolve/refs/pr/12/dir/x", "Resolve", "spaces/a/b", "refs/pr/12", "dir/x")]
    [InlineData("//a/b/resolve/main/x", "Resolve", "a/b", "main", "x")]
    [InlineData("/a/b/resolve/main/with%20space%2Bplus.txt", "Resolve", "a/b", "main", "with space+plus.txt")]
    [InlineData("/a/b/resolve/main/resolve/main/x", "Resolve", "a/b", "main", "resolve/main/x")]
    [InlineData("/a/b/resolve/main", "Resolve", "a/b", "main", "")]
    [InlineData("/api/models/gpt2", "Info", "gpt2", "", "")]
    [InlineData("/api/models/a/b", "Info", "a/b", "", "")]
    [InlineData("/api/models/a/b/", "Info", "a/b", "", "")]
    [InlineData("/api/models/gpt2/revision/main", "Info", "gpt2", "main", "")]
    [InlineData("/api/datasets/a/b/revision/refs%2Fconvert%2Fparquet", "Info", "datasets/a/b", "refs/convert/parquet", "")]
    [InlineData("/api/models/a/b/tree/main", "Tree", "a/b", "main", "")]
    [InlineData("/api/models/a/b/tree/main/x/y", "Tree", "a/b", "main", "x/y")]
    [InlineData("/api/models/a/b/tree/refs/pr/3", "Tree", "a/b", "refs/pr/3", "")]
    [InlineData("/api/models/a/b/tree/refs/pr/3/x", "Tree", "a/b", "refs/pr/3", "x")]
    [InlineData("/api/models/a/b/paths-info/main", "PathsInfo", "a/b", "main", "")]
    [InlineData("/api/models/a/b/refs", "References", "a/b", "", "")]
    [InlineData("/api/models/gpt2/refs", "References", "gpt2", "", "")]
    [InlineData("/api/spaces/a/b/commits/main", "Commits", "spaces/a/b", "main", "")]
    [InlineData("/api/models/a/b/auth-check", "AuthCheck", "a/b", "", "")]
    [InlineData("/api/models/a/b/auth-check/write", "AuthCheckWrite", "a/b", "", "")]
    [InlineData("/api/whoami-v2", "WhoAmI", null, "", "")]
    [InlineData("/api/datasets", "List", null, "", "")]
    [InlineData("/api/models/", "List", null, "", "")]
    [InlineData("/api/resolve-cache/models/a/b/0123456789012345678901234567890123456789/x/y", "ResolveCache", "a/b", "0123456789012345678901234567890123456789", "x/y")]
    [InlineData("/api/resolve-cache/datasets/b/0123456789012345678901234567890123456789/x", "ResolveCache", "datasets/b", "0123456789012345678901234567890123456789", "x")]
    [InlineData("/api/models/a/b/discussions", "NotImplemented", null, "", "")]
    [InlineData("/api/models/gpt2/discussions", "NotImplemented", null, "", "")]
    [InlineData("/api/models/a/b/xet-read-token/main", "NotImplemented", null, "", "")]
    [InlineData("/api/collections", "NotImplemented", null, "", "")]
    [InlineData("/api", "NotImplemented", null, "", "")]
    [InlineData("/api/agent-harnesses", "NotFound", null, "", "")]
    [InlineData("/api/models/a/b/refs/x", "NotFound", null, "", "")]
    [InlineData("/api/models/a/b/tree", "NotFound", null, "", "")]
    [InlineData("/", "NotFound", null, "", "")]
    [InlineData("", "NotFound", null, "", "")]
    [InlineData("/a/b", "NotFound", null, "", "")]
    [InlineData("/a/b/c/d/resolve/main/x", "NotFound", null, "", "")]
    [InlineData("/resolve/main/x", "NotFound", null, "", "")]
    public void A_path_is_taken_apart(string path, string kind, string? repository, string revision, string file)
    {
        HubRoute route = HubRoute.Parse(path);
        Assert.Equal((kind, repository, revision, file), (route.Kind.ToString(), route.Repository?.UrlPath, route.Revision, route.Path));
    }

    [Theory]
    [InlineData("/api/models/old/name/tree/main", "old/name")]
    [InlineData("//datasets/name/resolve/main/x", "name")]
    public void The_place_of_the_id_is_known_for_redirects(string path, string id)
    {
        Assert.Equal(id, path[HubRoute.Parse(path).Id]);
    }

    [Fact]
    public void No_path_breaks_the_parser()
    {
        Random random = new(7);
        string[] parts = ["/", "//", "api", "models", "datasets", "a", "b.c", "resolve", "raw", "tree", "refs", "pr", "1", "%2F", "%", "%zz", "..", "main", "\\", "é", "auth-check"];
        for (int i = 0; i < 50_000; i++)
        {
            string path = "/" + string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => parts[random.Next(parts.Length)] + (random.Next(2) == 0 ? "/" : "")));
            HubRoute route = HubRoute.Parse(path);
            Assert.True(route.Repository is null || path[route.Id].Contains(route.Repository.Name, StringComparison.Ordinal));
            HubRoute.ParseStorage(path);
        }
    }
}
