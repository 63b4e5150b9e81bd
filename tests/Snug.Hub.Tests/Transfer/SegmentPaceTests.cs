namespace Snug.Hub.Tests;

/// <summary>How much of a file one request asks for.</summary>
public sealed class SegmentPaceTests
{
    private const int BlocksPerMegabyte = 1024 * 1024 / BlockPool.BlockSize;

    [Fact]
    public void The_first_stretches_are_four_megabytes()
    {
        Assert.Equal((BlocksPerMegabyte, 4 * BlocksPerMegabyte), new SegmentPace().Blocks());
    }

    [Fact]
    public void On_a_long_line_a_stretch_lasts_four_times_as_long_as_its_request_waits()
    {
        SegmentPace pace = new();

        Repeat(pace, wait: 0.1, bytes: 40 << 20, seconds: 0.8);

        // 50 MB a second, waits included: 5 MB while one waits.
        Assert.Equal((5 * BlocksPerMegabyte, 20 * BlocksPerMegabyte), pace.Blocks());
    }

    [Fact]
    public void The_time_to_make_a_connection_is_forgotten_when_it_is_used_again()
    {
        SegmentPace fresh = new();
        SegmentPace used = new();

        fresh.Observe(wait: 0.2, bytes: 40 << 20, seconds: 1);
        used.Observe(wait: 0.2, bytes: 40 << 20, seconds: 1);
        used.Observe(wait: 0.1, bytes: 40 << 20, seconds: 1);

        Assert.Equal(32 * BlocksPerMegabyte, fresh.Blocks().Usual);
        Assert.Equal(16 * BlocksPerMegabyte, used.Blocks().Usual);
    }

    [Fact]
    public void A_line_that_grows_longer_is_noticed()
    {
        SegmentPace pace = new();
        Repeat(pace, wait: 0.001, bytes: 40 << 20, seconds: 1);
        int before = pace.Blocks().Usual;

        Repeat(pace, wait: 0.2, bytes: 40 << 20, seconds: 1);

        Assert.Equal(4 * BlocksPerMegabyte, before);
        Assert.Equal(32 * BlocksPerMegabyte, pace.Blocks().Usual);
    }

    [Theory]
    [InlineData(0, 1, 1e-9)]
    [InlineData(1e-9, long.MaxValue, 1e-9)]
    [InlineData(1e9, long.MaxValue, 1e9)]
    [InlineData(1e9, 0, 1e9)]
    public void A_stretch_is_never_shorter_than_a_megabyte_nor_longer_than_sixty_four(double wait, long bytes, double seconds)
    {
        SegmentPace pace = new();

        Repeat(pace, wait, bytes, seconds);

        (int shortest, int usual) = pace.Blocks();
        Assert.InRange(shortest, BlocksPerMegabyte, usual);
        Assert.InRange(usual, 4 * BlocksPerMegabyte, 64 * BlocksPerMegabyte);
    }

    private static void Repeat(SegmentPace pace, double wait, long bytes, double seconds)
    {
        for (int i = 0; i < 200; i++)
        {
            pace.Observe(wait, bytes, seconds);
        }
    }
}
