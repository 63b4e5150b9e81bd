namespace Snug.Inference.Tests;

public sealed class RowTurnsTests
{
    [Theory]
    [InlineData(1, 8, 8, 1)]
    [InlineData(1000, 8, 40, 1)]
    [InlineData(7, 8, 40, 2)]
    [InlineData(1000, 8, 1, 2)]
    [InlineData(151_936, 8, 18, 4)]
    [InlineData(4864, 32, 40, 16)]
    public void Every_row_is_taken_once_in_parts_that_do_not_depend_on_who_takes_them(int rows, int granule, int smallest, int threads)
    {
        int next = 0;
        List<(int First, int End)> alone = Take(ref next);
        int shared = 0;
        List<(int First, int End)>[] parts = new List<(int, int)>[threads];
        Thread[] team = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => parts[i] = Take(ref shared)))];
        Array.ForEach(team, thread => thread.Start());
        Array.ForEach(team, thread => thread.Join());

        Assert.Equal(alone, parts.SelectMany(part => part).Order());
        Assert.Equal(0, alone[0].First);
        Assert.Equal(rows, alone[^1].End);
        for (int i = 1; i < alone.Count; i++)
        {
            Assert.Equal(alone[i - 1].End, alone[i].First);
            Assert.Equal(0, alone[i].First % granule);
        }

        // The last parts are small, so that nobody is waited for long.
        Assert.True(threads == 1 || alone[^1].End - alone[^1].First <= Math.Max(smallest, granule) + granule);

        List<(int First, int End)> Take(ref int counter)
        {
            List<(int, int)> taken = [];
            RowTurns turns = new(ref counter, rows, granule, smallest, threads);
            while (turns.Take(out int first, out int end))
            {
                taken.Add((first, end));
            }

            return taken;
        }
    }

    [Fact]
    public void A_counter_is_at_its_start_however_many_layers_came_before()
    {
        TurnCounters counters = new();
        for (int layer = 0; layer < 500; layer++)
        {
            ref int next = ref counters.Begin(layer);
            Assert.Equal(0, next);
            next = 100;
        }

        counters.Clear();
        Assert.Equal(0, counters.Begin(0));
    }
}
