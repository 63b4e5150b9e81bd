using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Snug.TestKit;

namespace Snug.Cli.Tests;

/// <summary>Proxies of the environment are used, left out for the hosts of NO_PROXY, and named, without their password, when one looks what is wrong.</summary>
public sealed class ProxyTests(SampleHub hub) : IClassFixture<SampleHub>, IDisposable
{
    /// <summary>Nothing listens there.</summary>
    private const string Nowhere = "http://127.0.0.1:1";

    private readonly CliHarness _cli = hub.Cli();

    public void Dispose() => _cli.Dispose();

    /// <summary>A server answers requests that are meant for another one as a proxy does, so the Hub is its own proxy here.</summary>
    [Fact]
    public async Task Requests_go_through_the_proxy_and_doctor_names_it_without_its_password()
    {
        _cli.Variables["HF_ENDPOINT"] = Nowhere;
        _cli.Variables["HTTP_PROXY"] = $"http://somebody:PassWord@{hub.Endpoint.Authority}";

        CommandResult json = await SnugProcess.RunAsync(_cli, null, "doctor", "snug/tiny-model", "--json");
        CommandResult text = await SnugProcess.RunAsync(_cli, null, "doctor", "snug/tiny-model", "-vv");
        CommandResult download = await SnugProcess.RunAsync(_cli, null, "download", "snug/tiny-model", "config.json", "-vv");
        CommandResult env = await SnugProcess.RunAsync(_cli, null, "env");

        Assert.Equal((0, 0, 0), (json.ExitCode, text.ExitCode, download.ExitCode));
        JsonElement connection = JsonDocument.Parse(json.Output).RootElement.GetProperty("connection");
        Assert.Equal((Nowhere, true), (connection.GetProperty("endpoint").GetString(), connection.GetProperty("reachable").GetBoolean()));
        Assert.Equal(hub.Endpoint.AbsoluteUri.TrimEnd('/'), connection.GetProperty("proxy").GetString());
        Assert.Contains($" through the proxy {hub.Endpoint.AbsoluteUri.TrimEnd('/')}.", text.Output, StringComparison.Ordinal);
        Assert.All((CommandResult[])[json, text, download, env], r => Assert.DoesNotContain("PassWord", r.Output + r.Error, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "S3-37")]
    public async Task Hosts_of_NO_PROXY_are_reached_directly()
    {
        _cli.Variables["HTTP_PROXY"] = Nowhere;
        CommandResult through = await SnugProcess.RunAsync(_cli, null, "doctor", "snug/tiny-model");
        _cli.Variables["NO_PROXY"] = "example.com,127.0.0.1";
        CommandResult direct = await SnugProcess.RunAsync(_cli, null, "doctor", "snug/tiny-model", "--json");

        Assert.Equal((ExitCodes.Network, 0), (through.ExitCode, direct.ExitCode));
        Assert.Contains($"{hub.Endpoint.AbsoluteUri.TrimEnd('/')} through the proxy {Nowhere}:", through.Output, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", through.Output, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(direct.Output).RootElement.GetProperty("connection").GetProperty("proxy").ValueKind);
    }

    [Fact]
    [Trait("Requirement", "S3-37")]
    public async Task A_proxy_for_https_is_asked_for_a_tunnel_and_does_not_see_the_token()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        StringBuilder seen = new();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task refusing = RefuseAsync(listener, seen, end.Token);
        _cli.Variables["HF_ENDPOINT"] = "https://127.0.0.1:1";
        _cli.Variables["HTTPS_PROXY"] = $"http://{listener.LocalEndpoint}";
        _cli.Variables["HF_TOKEN"] = SampleHub.AliceToken;

        CommandResult result = await SnugProcess.RunAsync(_cli, null, "doctor", "snug/tiny-model");

        await end.CancelAsync();
        await refusing;
        Assert.Equal(ExitCodes.Network, result.ExitCode);
        Assert.Contains("the proxy refused the connection", result.Output, StringComparison.Ordinal);
        Assert.StartsWith("CONNECT 127.0.0.1:1 HTTP/1.1", seen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(SampleHub.AliceToken, seen.ToString(), StringComparison.Ordinal);
    }

    private static async Task RefuseAsync(TcpListener listener, StringBuilder seen, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
                NetworkStream stream = client.GetStream();
                int length = await stream.ReadAsync(buffer, cancellationToken);
                seen.Append(Encoding.ASCII.GetString(buffer, 0, length));
                await stream.WriteAsync("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
