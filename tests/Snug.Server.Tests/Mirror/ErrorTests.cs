using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Snug.Server.Tests;

public sealed class ErrorTests(SampleMirror samples) : IClassFixture<SampleMirror>
{
    private readonly Mirror _mirror = samples.Mirror;

    [Theory]

    // Nobody knows whether it is missing or private.
    [InlineData(null, "api/models/snug/nope", 401, "RepoNotFound", "Invalid username or password.")]
    [InlineData(null, "api/models/snug/private-model", 401, "RepoNotFound", "Invalid username or password.")]
    [InlineData(null, "snug/private-model/resolve/main/config.json", 401, "RepoNotFound", "Invalid username or password.")]
    [InlineData("bobREAD", "api/models/snug/nope", 404, "RepoNotFound", "Repository not found")]
    [InlineData("bobREAD", "api/models/snug/private-model/tree/main", 404, "RepoNotFound", "Repository not found")]
    [InlineData("bobREAD", "snug/private-model/resolve/main/config.json", 404, "RepoNotFound", "Repository not found")]
    [InlineData("aliceFINE", "snug/private-model/resolve/main/config.json", 404, "RepoNotFound", "Repository not found")]
    [InlineData("bobREAD", "api/models/not--valid", 404, "RepoNotFound", "Repository not found")]

    // Gates.
    [InlineData(null, "snug/gated-model/resolve/main/config.json", 401, "GatedRepo", "Access to model snug/gated-model is restricted. You must have access to it and be authenticated")]
    [InlineData(null, "snug/gated-model/resolve/main/model.safetensors", 401, "GatedRepo", "Please log in.")]
    [InlineData(null, "snug/gated-model/raw/main/config.json", 401, "GatedRepo", "Please log in.")]
    [InlineData(null, "snug/gated-model/resolve/nope/nope", 401, "GatedRepo", "Please log in.")]
    [InlineData(null, "api/models/snug/gated-model/auth-check", 401, "GatedRepo", "/snug/gated-model")]
    [InlineData("bobREAD", "snug/gated-model/resolve/main/config.json", 403, "GatedRepo", "you are not in the authorized list. Visit http")]
    [InlineData("bobREAD", "api/models/snug/gated-model/auth-check", 403, "GatedRepo", "/snug/gated-model to ask for access.")]
    [InlineData("daveREAD", "snug/manual-model/resolve/main/config.json", 403, "GatedRepo", "awaiting a review from the repo authors")]
    [InlineData("erinREAD", "snug/manual-model/resolve/main/config.json", 403, "GatedRepo", "has been rejected by the repo's authors")]
    [InlineData("aliceFINE", "snug/gated-model/resolve/main/config.json", 403, null, "Please enable access to public gated repositories in your fine-grained token settings")]
    [InlineData("aliceFINESCOPED", "api/models/snug/gated-model/auth-check", 403, null, "Please enable access to public gated repositories in your fine-grained token settings")]

    // Tokens.
    [InlineData("nobody", "api/models/snug/tiny-model", 401, null, "Invalid credentials in Authorization header")]
    [InlineData("nobody", "api/whoami-v2", 401, null, "Invalid credentials in Authorization header")]
    [InlineData("nobody", "snug/tiny-model/resolve/main/config.json", 401, null, "Invalid credentials in Authorization header")]
    [InlineData("aliceEXPIRED", "api/whoami-v2", 401, null, "User Access Token \"alice-expired\" is expired")]
    [InlineData(null, "api/whoami-v2", 401, null, "Invalid username or password.")]
    [InlineData(null, "api/models/snug/tiny-model/auth-check/write", 401, null, "Invalid username or password.")]
    [InlineData("carolREAD", "api/models/snug/tiny-model/auth-check/write", 403, null, "write access")]

    // Revisions and files.
    [InlineData(null, "api/models/snug/tiny-model/revision/nope", 404, "RevisionNotFound", "Invalid rev id: nope")]
    [InlineData(null, "api/models/snug/tiny-model/tree/nope", 404, "RevisionNotFound", "Invalid rev id: nope")]
    [InlineData(null, "api/models/snug/tiny-model/commits/nope", 404, "RevisionNotFound", "Invalid rev id: nope")]
    [InlineData(null, "snug/tiny-model/resolve/nope/config.json", 404, "RevisionNotFound", "Invalid rev id: nope")]
    [InlineData(null, "snug/tiny-model/resolve/abc/config.json", 404, "RevisionNotFound", "Invalid rev id: abc")]
    [InlineData(null, "snug/tiny-model/resolve/%0d%0aX-Evil:%201/config.json", 404, "RevisionNotFound", "Invalid rev id")]
    [InlineData(null, "snug/tiny-model/resolve/main/nope.json", 404, "EntryNotFound", "Entry not found")]
    [InlineData(null, "snug/tiny-model/resolve/main/onnx", 404, "EntryNotFound", "Entry not found")]
    [InlineData(null, "snug/tiny-model/resolve/main/Config.json", 404, "EntryNotFound", "Entry not found")]
    [InlineData(null, "api/models/snug/tiny-model/tree/main/nope", 404, "EntryNotFound", "Entry not found")]
    [InlineData(null, "api/models/snug/tiny-model/tree/main/config.json", 404, "EntryNotFound", "Entry not found")]

    // Out of service.
    [InlineData(null, "api/models/snug/disabled-model", 403, null, "Access to this resource is disabled.")]
    [InlineData("carolWRITE", "snug/disabled-model/resolve/main/config.json", 403, null, "Access to this resource is disabled.")]

    // Not served.
    [InlineData(null, "api/models/snug/tiny-model/discussions?p=0", 501, "NotImplemented", "does not serve")]
    [InlineData(null, "api/models/snug/tiny-model/xet-read-token/main", 501, "NotImplemented", "does not serve")]
    [InlineData(null, "api/papers", 501, "NotImplemented", "does not serve")]
    [InlineData(null, "api/agent-harnesses", 404, null, "can't find")]
    [InlineData(null, "nothing/here", 404, null, "can't find")]
    [InlineData(null, "", 404, null, "can't find")]

    // Nonsense.
    [InlineData(null, "api/models/snug/tiny-model?expand=nonsense", 400, null, "'nonsense' cannot be expanded")]
    [InlineData(null, "api/models/snug/tiny-model/tree/main?limit=0", 400, null, "'limit' must be")]
    [InlineData(null, "api/models/snug/tiny-model/tree/main?cursor=!", 400, null, "cursor")]
    [InlineData(null, "api/models/snug/tiny-model/commits/main?p=-1", 400, null, "'p' must be")]
    public async Task A_refusal_has_its_status_its_code_and_its_message(string? token, string path, int status, string? code, string message)
    {
        foreach (HttpMethod method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using HttpResponseMessage response = token is null
                ? await _mirror.SendAsync(method, path)
                : await _mirror.SendAsync(method, path, ("Authorization", "Bearer " + Mirror.Token(token)));

            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(code, response.Header("X-Error-Code"));
            Assert.Contains(message, response.Header("X-Error-Message"), StringComparison.Ordinal);
            Assert.NotNull(response.Header("X-Request-Id"));
            Assert.NotNull(response.Header("RateLimit"));
            Assert.Null(response.Header("X-Evil"));
            Assert.Equal(code == "EntryNotFound", response.Header("X-Repo-Commit") is not null);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            if (method == HttpMethod.Get)
            {
                Assert.Contains(message, (await response.JsonAsync()).GetProperty("error").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("aliceREAD", "snug/gated-model")]
    [InlineData("aliceFINEGATED", "snug/gated-model")]
    [InlineData("carolREAD", "snug/gated-model")]
    [InlineData("aliceREAD", "snug/manual-model")]
    [InlineData("aliceREAD", "snug/private-model")]
    [InlineData("carolREAD", "snug/private-model")]
    [InlineData("aliceFINESCOPED", "snug/private-model")]
    [InlineData("aliceFINE", "snug/tiny-model")]
    public async Task Who_has_access_gets_files(string token, string repository)
    {
        using HttpResponseMessage check = await _mirror.GetAsAsync(token, $"api/models/{repository}/auth-check");
        using HttpResponseMessage small = await _mirror.GetAsAsync(token, $"{repository}/resolve/main/config.json");
        using HttpResponseMessage large = await _mirror.GetAsAsync(token, $"{repository}/resolve/main/model.safetensors");
        using HttpResponseMessage stored = await _mirror.GetAsync(large.Headers.Location!.OriginalString);
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Found, HttpStatusCode.OK),
            (check.StatusCode, small.StatusCode, large.StatusCode, stored.StatusCode));
    }

    [Theory]
    [InlineData("api/models/snug/gated-model")]
    [InlineData("api/models/snug/gated-model/tree/main?recursive=true")]
    [InlineData("api/models/snug/manual-model/refs")]
    [InlineData("api/models/snug/manual-model/commits/main")]
    public async Task What_a_gated_repository_holds_is_public(string path)
    {
        using HttpResponseMessage response = await _mirror.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Writers_of_the_namespace_may_write()
    {
        using HttpResponseMessage response = await _mirror.GetAsAsync("carolWRITE", "api/models/snug/tiny-model/auth-check/write");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("POST", "api/models/snug/tiny-model", 501)]
    [InlineData("DELETE", "api/repos/delete", 501)]
    [InlineData("PUT", "snug/tiny-model/resolve/main/config.json", 405)]
    [InlineData("GET", "api/models/snug/tiny-model/paths-info/main", 405)]
    public async Task Other_methods_are_refused(string method, string path, int status)
    {
        using HttpResponseMessage response = await _mirror.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(response.Header("X-Error-Message"));
    }

    [Theory]
    [InlineData("api/models/snug/old-name", "/api/models/snug/tiny-model")]
    [InlineData("api/models/Snug/TINY-model", "/api/models/snug/tiny-model")]
    [InlineData("api/models/snug/old-name/tree/main/onnx?recursive=true&x=%2F", "/api/models/snug/tiny-model/tree/main/onnx?recursive=true&x=%2F")]
    [InlineData("snug/old-name/resolve/refs%2Fpr%2F1/README.md?download=true", "/snug/tiny-model/resolve/refs%2Fpr%2F1/README.md?download=true")]
    [InlineData("api/datasets/snug/Tiny-Data/refs", "/api/datasets/snug/tiny-data/refs")]
    public async Task A_renamed_repository_is_a_relative_redirect(string path, string location)
    {
        using HttpResponseMessage response = await _mirror.GetAsync(path);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal(location, response.Headers.Location!.OriginalString);
        Assert.Equal("Temporary Redirect. Redirecting to " + location, await response.TextAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/snug/tiny-model/resolve/main/../../../../hub.json")]
    [InlineData("/snug/tiny-model/resolve/main/..%2f..%2f..%2fhub.json")]
    [InlineData("/snug/tiny-model/resolve/main/%2e%2e/repository.json")]
    [InlineData("/snug/tiny-model/resolve/main/..\\..\\hub.json")]
    [InlineData("/snug/tiny-model/resolve/main/%5c..%5chub.json")]
    [InlineData("/snug/tiny-model/resolve/main//etc/passwd")]
    [InlineData("/snug/tiny-model/resolve/main/%2fetc%2fpasswd")]
    [InlineData("/snug/tiny-model/resolve/..%2f..%2f..%2f/hub.json")]
    [InlineData("/snug/../hub.json/resolve/main/x")]
    [InlineData("/../hub.json")]
    [InlineData("/hub.json")]
    [InlineData("/models/snug/tiny-model/repository.json")]
    [InlineData("/snug/tiny-model/resolve/main/repository.json")]
    [InlineData("/api/models/snug/tiny-model/tree/main/..")]
    [InlineData("/api/models/../../tree/main")]
    [InlineData("/api/resolve-cache/models/snug/tiny-model/0000000000000000000000000000000000000000/../../hub.json")]
    public async Task Nothing_outside_a_repository_can_be_asked_for(string target)
    {
        // By hand, because a client library would tidy the path up.
        using TcpClient client = new();
        await client.ConnectAsync(_mirror.Endpoint.Host, _mirror.Endpoint.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Matches("^HTTP/1.1 (400|401|404) ", answer);
        Assert.DoesNotContain("hf_DEMO", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_with_scheme_and_host_is_understood()
    {
        using TcpClient client = new();
        await client.ConnectAsync(_mirror.Endpoint.Host, _mirror.Endpoint.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            "GET http://example.test/api/models/tiny?expand=sha HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        Assert.StartsWith("HTTP/1.1 200 OK", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_inside_is_an_error_and_names_nothing_of_the_machine()
    {
        MemoryRepositorySource source = new();
        MemoryRepository repository = source.Add("a/b");
        string folder = Files.NewFolder();
        Files.Write(folder, "x.txt", "text");
        await repository.CommitAsync(("x.txt", RepositoryContent.FromFile(Path.Combine(folder, "x.txt"))));
        Directory.Delete(folder, recursive: true);
        await using Mirror mirror = await Mirror.StartAsync(source);
        using HttpResponseMessage response = await mirror.GetAsync("a/b/resolve/main/x.txt");
        string text = await response.TextAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain(folder, text, StringComparison.Ordinal);
        Assert.StartsWith("Internal Error", JsonDocument.Parse(text).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_cannot_be_finished_breaks_off()
    {
        MemoryRepositorySource source = new();
        MemoryRepository repository = source.Add("a/b");
        string folder = Files.NewFolder();
        string path = Path.Combine(folder, "x.txt");
        await File.WriteAllBytesAsync(path, new byte[1_000_000], TestContext.Current.CancellationToken);
        await repository.CommitAsync(("x.txt", RepositoryContent.FromFile(path)));
        await File.WriteAllBytesAsync(path, new byte[10], TestContext.Current.CancellationToken);
        await using Mirror mirror = await Mirror.StartAsync(source);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => mirror.GetAsync("a/b/resolve/main/x.txt"));
        Directory.Delete(folder, recursive: true);
    }
}
