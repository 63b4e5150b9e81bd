namespace Snug.Hub.Tests;

/// <summary>Idle workers are woken at the end, however it comes.</summary>
public sealed class TransferStateTests
{
    [Fact]
    public async Task A_pulse_that_was_handed_out_ends_with_the_failure_that_stops_the_download()
    {
        using TransferState state = new(1, TestContext.Current.CancellationToken);
        Assert.True(state.TryGetPulse(out Task pulse));
        Assert.False(pulse.IsCompleted);

        await state.GuardAsync(() => throw new IOException("disk"));

        await pulse.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task After_a_failure_nobody_is_sent_waiting()
    {
        using TransferState state = new(1, TestContext.Current.CancellationToken);

        await state.GuardAsync(() => throw new IOException("disk"));

        Assert.False(state.TryGetPulse(out _));
    }

    [Fact]
    public async Task After_the_callers_cancellation_nobody_is_sent_waiting()
    {
        using CancellationTokenSource source = new();
        using TransferState state = new(1, source.Token);

        await source.CancelAsync();

        Assert.False(state.TryGetPulse(out _));
    }

    [Fact]
    public async Task A_pulse_that_was_handed_out_ends_with_the_last_content()
    {
        using TransferState state = new(1, TestContext.Current.CancellationToken);
        Assert.True(state.TryGetPulse(out Task pulse));

        state.ContentDone();

        await pulse.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(state.TryGetPulse(out _));
    }
}
