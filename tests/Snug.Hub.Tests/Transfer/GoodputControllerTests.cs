namespace Snug.Hub.Tests;

/// <summary>How many connections transfer at once, over lines whose goodput is known for each number of them.</summary>
public sealed class GoodputControllerTests
{
    private const double Second = 1;

    [Fact]
    public void Connections_double_while_each_brings_as_much_as_those_before()
    {
        GoodputController controller = new(max: 128, initial: 16);

        Play(controller, level => level * 1e6, 10 * Second);

        Assert.Equal(128, controller.Level);
    }

    [Fact]
    public void Connections_that_bring_nothing_are_given_up()
    {
        GoodputController controller = new(max: 128, initial: 16);

        List<int> levels = Play(controller, _ => 500e6, 3 * Second);

        Assert.Equal(32, levels.Max());
        Assert.Equal(16, controller.Level);
    }

    [Fact]
    public void A_tenth_more_is_no_reason_for_twice_as_many()
    {
        GoodputController controller = new(max: 128, initial: 16);

        Play(controller, level => level > 16 ? 550e6 : 500e6, 3 * Second);

        Assert.Equal(16, controller.Level);
    }

    [Fact]
    public void Where_fewer_do_as_well_fewer_stay()
    {
        GoodputController controller = new(max: 128, initial: 16);

        Play(controller, level => 100e6 * Math.Min(level, 4), 60 * Second);

        Assert.InRange(controller.Level, 3, 8);
    }

    [Fact]
    public void A_line_that_grows_gets_more_connections_after_a_while()
    {
        GoodputController controller = new(max: 128, initial: 16);
        Play(controller, _ => 500e6, 5 * Second);

        Play(controller, level => level * 50e6, 60 * Second);

        Assert.InRange(controller.Level, 64, 128);
    }

    [Fact]
    public void A_complaint_halves_them_and_climbing_waits()
    {
        GoodputController controller = new(max: 128, initial: 64);

        controller.OnTrouble();
        List<int> levels = Play(controller, level => level * 1e6, 2 * Second);

        Assert.Equal(32, levels.Max());
    }

    [Theory]
    [InlineData(1, 16, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(8, 4, 4)]
    public void The_first_number_keeps_to_the_limit(int max, int initial, int expected) =>
        Assert.Equal(expected, new GoodputController(max, initial).Level);

    /// <returns>The levels that were tried.</returns>
    private static List<int> Play(GoodputController controller, Func<int, double> goodput, double seconds)
    {
        const double Tick = 0.1;
        List<int> levels = [];
        for (double t = 0; t < seconds; t += Tick)
        {
            controller.Observe(goodput(controller.Level) * Tick, Tick);
            levels.Add(controller.Level);
        }

        return levels;
    }
}
