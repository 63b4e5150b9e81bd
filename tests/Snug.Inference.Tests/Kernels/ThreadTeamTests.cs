namespace Snug.Inference.Tests;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_member_does_every_job_once(int size)
    {
        using ThreadTeam team = new(size);
        int[] done = new int[size];
        for (int job = 0; job < 300; job++)
        {
            team.Run(member => Interlocked.Increment(ref done[member]));
        }

        Assert.All(done, count => Assert.Equal(300, count));
    }

    [Fact]
    public void Nobody_passes_the_barrier_before_all_are_there()
    {
        const int Size = 4;
        const int Steps = 400;
        using ThreadTeam team = new(Size);
        int[] steps = new int[Size];
        int violations = 0;
        team.Run(member =>
        {
            for (int step = 1; step <= Steps; step++)
            {
                Volatile.Write(ref steps[member], step);
                team.Barrier.Wait();
                for (int other = 0; other < Size; other++)
                {
                    if (Volatile.Read(ref steps[other]) < step)
                    {
                        Interlocked.Increment(ref violations);
                    }
                }

                team.Barrier.Wait();
            }
        });

        Assert.Equal(0, violations);
        Assert.All(steps, step => Assert.Equal(Steps, step));
    }

    [Fact]
    public void A_member_that_is_late_is_waited_for_by_parked_ones()
    {
        using ThreadTeam team = new(3);
        using ManualResetEventSlim late = new();
        int arrived = 0;
        using Timer timer = new(_ => late.Set(), null, 150, Timeout.Infinite);
        team.Run(member =>
        {
            if (member == 2)
            {
                late.Wait(TestContext.Current.CancellationToken);
            }

            Interlocked.Increment(ref arrived);
            team.Barrier.Wait();
            Assert.Equal(3, Volatile.Read(ref arrived));
        });

        Assert.Equal(3, arrived);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_member_that_fails_frees_the_others_and_the_team_works_on(int failing)
    {
        using ThreadTeam team = new(3);
        for (int round = 0; round < 20; round++)
        {
            InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => team.Run(member =>
            {
                if (member == failing)
                {
                    throw new InvalidOperationException("broken");
                }

                team.Barrier.Wait();
                team.Barrier.Wait();
            }));
            Assert.Equal("broken", e.Message);
            int passed = 0;
            team.Run(_ =>
            {
                team.Barrier.Wait();
                Interlocked.Increment(ref passed);
            });
            Assert.Equal(3, passed);
        }
    }

    [Fact]
    public void A_stopped_team_takes_no_job()
    {
        ThreadTeam team = new(2);
        team.Dispose();

        Assert.Throws<ObjectDisposedException>(() => team.Run(_ => { }));
    }
}
