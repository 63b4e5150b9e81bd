using Microsoft.Extensions.Hosting;

namespace Snug.Server;

/// <summary>Leaves signals and the console to the program that the server runs in.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
