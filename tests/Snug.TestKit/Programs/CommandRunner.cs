namespace Snug.TestKit;

/// <summary>Runs programs that tests start and compare with.</summary>
public static class CommandRunner
{
    /// <summary>How long a program may take unless said otherwise.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program, found as a shell would.</param>
    /// <param name="arguments">Its arguments, one by one.</param>
    /// <param name="environment">Variables to add; <see langword="null"/> as a value takes one away.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="timeout">After which it is killed with everything that it started.</param>
    /// <param name="cancellationToken">Kills it as well.</param>
    /// <exception cref="TimeoutException">It did not end in time; the message has what it wrote.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string?>>? environment = null,
        string? folder = null,
        string? input = null,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        await using RunningCommand command = RunningCommand.Start(program, arguments, environment, folder);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(timeout ?? DefaultTimeout);
        try
        {
            await command.WriteInputAsync(input, patience.Token);
            return await command.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            command.Kill();
            CommandResult result = await command.WaitAsync(cancellationToken);
            throw new TimeoutException($"'{program}' was still running after {result.Elapsed.TotalSeconds:0.0} s.\n{result.Output}\n{result.Error}", e);
        }
    }
}
