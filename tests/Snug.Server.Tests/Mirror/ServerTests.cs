using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Snug.Server.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task Browsers_may_read_answers_and_their_headers()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync();
        using HttpResponseMessage preflight = await mirror.SendAsync(
            HttpMethod.Options, "snug/tiny-model/resolve/main/config.json",
            ("Origin", "https://example.test"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization,range"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal("*", preflight.Header("Access-Control-Allow-Origin"));
        Assert.Contains("GET", preflight.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("authorization,range", preflight.Header("Access-Control-Allow-Headers"));

        using HttpResponseMessage redirect = await mirror.GetAsync("snug/tiny-model/resolve/main/model.safetensors", ("Origin", "https://example.test"));
        using HttpResponseMessage stored = await mirror.HeadAsync(redirect.Headers.Location!.OriginalString, ("Origin", "https://example.test"));
        using HttpResponseMessage refused = await mirror.GetAsync("api/models/snug/nope");
        foreach (HttpResponseMessage response in (HttpResponseMessage[])[redirect, stored, refused])
        {
            Assert.Equal("*", response.Header("Access-Control-Allow-Origin"));
            foreach (string name in (string[])["ETag", "Content-Range", "Content-Length", "Link", "X-Repo-Commit", "X-Linked-Size", "X-Error-Code", "X-Error-Message", "X-Request-Id"])
            {
                Assert.Contains(name, response.Header("Access-Control-Expose-Headers")!.Split(','));
            }
        }
    }

    [Fact]
    public async Task OPTIONS_of_the_server_itself_is_answered()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync();
        using TcpClient client = new();
        await client.ConnectAsync(mirror.Endpoint.Host, mirror.Endpoint.Port, TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using StreamReader reader = new(stream);
        Assert.StartsWith("HTTP/1.1 204 ", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_trace_id_is_part_of_the_request_id()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync();
        using HttpResponseMessage traced = await mirror.HeadAsync("api/models/tiny", ("X-Amzn-Trace-Id", "0e4e6f3f-trace"));
        using HttpResponseMessage hostile = await mirror.HeadAsync("api/models/tiny", ("X-Amzn-Trace-Id", "<script>"));
        Assert.EndsWith(";0e4e6f3f-trace", traced.Header("X-Request-Id"), StringComparison.Ordinal);
        Assert.DoesNotContain(";", hostile.Header("X-Request-Id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_lies_under_the_prefix()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with { PathPrefix = "/deep/hub/" });
        Assert.Equal("/deep/hub", mirror.Endpoint.AbsolutePath);
        using HttpResponseMessage inside = await mirror.GetAsync("api/models/tiny");
        using HttpResponseMessage doubled = await mirror.GetAsync("/deep/hub//api/models/tiny");
        using HttpResponseMessage outside = await mirror.GetAsync("/api/models/tiny");
        using HttpResponseMessage similar = await mirror.GetAsync("/deep/hubapi/models/tiny");
        using HttpResponseMessage renamed = await mirror.GetAsync("api/models/snug/old-name?x=1");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (inside.StatusCode, doubled.StatusCode, outside.StatusCode, similar.StatusCode));
        Assert.Equal("/deep/hub/api/models/snug/tiny-model?x=1", renamed.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Addresses_follow_the_host_that_the_client_used()
    {
        await using Mirror mirror = await Mirror.OfSamplesAsync();
        using HttpResponseMessage response = await mirror.GetAsync("snug/tiny-model/resolve/main/model.safetensors", ("Host", "models.example.test:8080"));
        Assert.Equal(("models.example.test", mirror.Storage!.Port), (response.Headers.Location!.Host, response.Headers.Location.Port));

        await using Mirror known = await Mirror.OfSamplesAsync(options => options with
        {
            PublicUrl = new Uri("https://hub.example.test/"),
            PublicStorageUrl = new Uri("https://cdn.example.test/files/"),
        });
        using HttpResponseMessage large = await known.GetAsync("snug/tiny-model/resolve/main/model.safetensors");
        using HttpResponseMessage page = await known.GetAsync("api/models/snug/tiny-model/tree/main?limit=1");
        Assert.StartsWith("https://cdn.example.test/files/models/snug/", large.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith("<https://hub.example.test/api/models/", page.Header("Link"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotas_are_shown_and_kept()
    {
        ManualTime time = new();
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with { TimeProvider = time, ApiQuota = 2 });
        using HttpResponseMessage first = await mirror.GetAsync("api/models/tiny");
        Assert.Equal("\"api\";r=1;t=300", first.Header("RateLimit"));
        Assert.Equal("\"fixed window\";\"api\";q=2;w=300", first.Header("RateLimit-Policy"));
        time.Now += TimeSpan.FromSeconds(45);
        using HttpResponseMessage second = await mirror.GetAsync("api/models/tiny");
        using HttpResponseMessage third = await mirror.GetAsync("api/models/tiny");
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.Equal("\"api\";r=0;t=255", third.Header("RateLimit"));
        Assert.Equal("255", third.Header("Retry-After"));
        Assert.NotNull(third.Header("X-Error-Message"));

        using HttpResponseMessage file = await mirror.GetAsync("tiny/resolve/main/config.json");
        using HttpResponseMessage someoneElse = await mirror.GetAsAsync("bobREAD", "api/models/tiny");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (file.StatusCode, someoneElse.StatusCode));
        Assert.Equal("\"resolvers\";r=5000;t=300", file.Header("RateLimit"));
        time.Now += TimeSpan.FromSeconds(255);
        using HttpResponseMessage later = await mirror.GetAsync("api/models/tiny");
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task The_hook_sees_both_listeners_and_may_answer_itself()
    {
        ConcurrentQueue<string> seen = new();
        await using Mirror mirror = await Mirror.OfSamplesAsync(options => options with
        {
            Configure = application => application.Use(async (HttpContext context, RequestDelegate next) =>
            {
                seen.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{context.Connection.LocalPort} {context.Request.Path}"));
                if (context.Request.Path == "/health")
                {
                    context.Response.StatusCode = StatusCodes.Status418ImATeapot;
                    return;
                }

                await next(context);
            }),
        });
        using HttpResponseMessage health = await mirror.GetAsync("health");
        using HttpResponseMessage redirect = await mirror.GetAsync("tiny/resolve/main/model.safetensors");
        using HttpResponseMessage stored = await mirror.GetAsync(redirect.Headers.Location!.OriginalString);
        Assert.Equal(418, (int)health.StatusCode);
        Assert.Equal(
            [$"{mirror.Endpoint.Port} /health", $"{mirror.Endpoint.Port} /tiny/resolve/main/model.safetensors", $"{mirror.Storage!.Port} {redirect.Headers.Location.AbsolutePath}"],
            seen);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0/path")]
    [InlineData("nonsense")]
    public async Task An_address_to_listen_on_must_be_one(string url)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Mirror.OfSamplesAsync(options => options with { Urls = [url] }));
    }

    [Fact]
    public async Task An_address_in_use_is_an_error_of_input_and_output()
    {
        await using Mirror first = await Mirror.OfSamplesAsync();
        string taken = first.Endpoint.GetLeftPart(UriPartial.Authority);
        await Assert.ThrowsAnyAsync<IOException>(() => Mirror.OfSamplesAsync(options => options with { Urls = [taken] }));
    }

    [Fact]
    public async Task Waiting_ends_when_the_server_is_disposed_of()
    {
        HubServer server = await HubServer.StartAsync(new HubServerOptions { Source = new MemoryRepositorySource() }, TestContext.Current.CancellationToken);
        Task waiting = server.WaitForShutdownAsync(TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await server.DisposeAsync();
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_file_of_a_gigabyte_streams_with_flat_memory()
    {
        const long Length = 1L << 30;
        MemoryRepositorySource source = new();
        MemoryRepository repository = source.Add("a/b");
        repository.IsLfs = (_, _) => false;
        await repository.CommitAsync(("big.bin", RepositoryContent.FromGenerator(Length, (offset, buffer) => buffer.Fill((byte)(offset >> 20)))));
        await using Mirror mirror = await Mirror.StartAsync(source);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        long total = 0;
        long clock = Stopwatch.GetTimestamp();
        using HttpRequestMessage request = new(HttpMethod.Get, "a/b/resolve/main/big.bin");
        using HttpResponseMessage response = await mirror.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[1 << 20];
        int read;
        while ((read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0)
        {
            total += read;
            if (total % (64 << 20) < read)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
            }
        }

        Assert.Equal(Length, total);
        Assert.InRange(most, long.MinValue, 64 << 20);
        TestContext.Current.SendDiagnosticMessage($"{Length / 1e6 / Stopwatch.GetElapsedTime(clock).TotalSeconds:f0} MB/s");
    }
}
