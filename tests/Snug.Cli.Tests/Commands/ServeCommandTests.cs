using System.Net;
using System.Net.Sockets;

namespace Snug.Cli.Tests;

public sealed class ServeCommandTests
{
    [Fact]
    public async Task A_folder_is_served_until_cancelled_and_the_endpoint_is_the_first_line()
    {
        using CliHarness server = new();
        using CliHarness client = new();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int port = FreePort();

        Task<CliResult> serving = server.RunAsync(stop.Token, "serve", "--repositories", SampleHub.Repositories, "--urls", $"http://127.0.0.1:{port}");
        client.Variables["HF_ENDPOINT"] = $"http://127.0.0.1:{port}";
        CliResult files;
        do
        {
            files = await client.RunAsync("files", "snug/tiny-model", "--json");
        }
        while (files.ExitCode == ExitCodes.Network && !serving.IsCompleted);
        await stop.CancelAsync();
        CliResult served = await serving;

        Assert.Equal(8, files.Json.GetProperty("files").GetArrayLength());
        Assert.Equal(ExitCodes.Done, served.ExitCode);
        Assert.Equal($"http://127.0.0.1:{port}", served.Out.Trim());
        Assert.Contains("HF_ENDPOINT", served.Error, StringComparison.Ordinal);
        Assert.Contains($"http://127.0.0.1:{port}", served.Error, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Join(server.Home, "snug", "hashes")));
    }

    [Theory]
    [InlineData("--repositories", "/no/such/folder")]
    [InlineData("--urls", "ftp://here")]
    [InlineData("--cache-dir", "/no/such/cache")]
    public async Task What_cannot_be_served_is_wrong_use(params string[] arguments)
    {
        using CliHarness cli = new();
        Directory.CreateDirectory(cli.Cache);

        CliResult result = await cli.RunAsync(["serve", .. arguments]);

        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Equal("", result.Out);
    }

    [Fact]
    public async Task A_port_that_is_taken_says_so_and_names_another_way()
    {
        using CliHarness cli = new();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();

        CliResult result = await cli.RunAsync("serve", "--quiet", "--repositories", SampleHub.Repositories, "--urls", $"http://{taken.LocalEndpoint}");

        Assert.Equal(ExitCodes.Unexpected, result.ExitCode);
        Assert.StartsWith("error: Cannot listen on", result.Error, StringComparison.Ordinal);
        Assert.Contains("--urls", result.ErrorLines[1], StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
