using Microsoft.AspNetCore.Builder;
using Snug.Server;

namespace Snug.Hub.Tests;

/// <summary>
/// Holds requests back until a whole wave of them is there. A caller that sends one only after another's answer never completes
/// the wave, and is let go after a while with <see cref="WasComplete"/> unset.
/// </summary>
internal sealed class Gathering
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly int[] _ends;
    private readonly TaskCompletionSource[] _waves;
    private int _count;
    private int _late;

    /// <param name="sizes">How many requests each wave has.</param>
    public Gathering(params int[] sizes)
    {
        _ends = [.. sizes.Select((_, i) => sizes.Take(i + 1).Sum())];
        _waves = [.. sizes.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    }

    /// <summary>How many requests came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether every wave was there before any of it was answered.</summary>
    public bool WasComplete => Volatile.Read(ref _late) == 0 && _waves.All(w => w.Task.IsCompleted);

    public Task<HubServer> StartAsync(IRepositorySource source) => HubServer.StartAsync(
        new HubServerOptions
        {
            Source = source,
            Configure = application => application.Use(async (context, next) =>
            {
                await ArriveAsync();
                await next(context);
            }),
        },
        TestContext.Current.CancellationToken);

    private async Task ArriveAsync()
    {
        int number = Interlocked.Increment(ref _count);
        int wave = Array.FindIndex(_ends, end => number <= end);
        if (wave < 0)
        {
            return;
        }

        if (number == _ends[wave])
        {
            _waves[wave].TrySetResult();
        }

        try
        {
            await _waves[wave].Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _late);
        }
    }
}
