using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Snug.Hosting;

/// <summary>Runs hosts.</summary>
public static class SnugHostExtensions
{
    /// <summary>
    /// Runs a host until it is shut down, and gives the exit code for the program: 0 after a shutdown; when models could not be made ready
    /// that of <see cref="ModelStartupException.ExitCode"/>; 2 when options make no sense; 130 when the start was cancelled. What happened is in the log.
    /// </summary>
    /// <param name="host">The host; it is disposed at the end.</param>
    /// <param name="cancellationToken">Shuts the host down.</param>
    public static async Task<int> RunWithExitCodeAsync(this IHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        try
        {
            await host.RunAsync(cancellationToken).ConfigureAwait(false);
            return StartupExitCodes.Done;
        }
        catch (Exception e) when (e is ModelStartupException or OptionsValidationException or OperationCanceledException)
        {
            return StartupExitCodes.For(e);
        }
    }
}
