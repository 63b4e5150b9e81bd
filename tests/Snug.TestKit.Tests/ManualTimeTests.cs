namespace Snug.TestKit.Tests;

public sealed class ManualTimeTests
{
    [Fact]
    public async Task A_delay_ends_when_the_clock_has_come_to_it()
    {
        ManualTime time = new();
        Task delay = Task.Delay(TimeSpan.FromSeconds(10), time, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(delay.IsCompleted);
        Assert.Equal(1, time.WaitingTimers);
        time.Advance(TimeSpan.FromSeconds(1));
        await delay;
        Assert.Equal(0, time.WaitingTimers);
    }

    [Fact]
    public void Timers_fire_in_their_order_at_their_times()
    {
        ManualTime time = new();
        DateTimeOffset start = time.GetUtcNow();
        List<(string, double)> fired = [];
        void Note(object? name) => fired.Add(((string)name!, (time.GetUtcNow() - start).TotalSeconds));
        using ITimer late = time.CreateTimer(Note, "late", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using ITimer periodic = time.CreateTimer(Note, "periodic", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        time.Advance(TimeSpan.FromSeconds(6.5));

        Assert.Equal([("periodic", 2), ("periodic", 4), ("late", 5), ("periodic", 6)], fired);
        Assert.Equal(TimeSpan.FromSeconds(6.5), time.GetElapsedTime(start.Ticks));
    }
}
