using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Which stretch of a large file a connection is given.</summary>
public sealed class LargeFileTests : IDisposable
{
    private const int Connections = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly BlockPool _pool = new(64 * BlockPool.BlockSize);
    private readonly HashThreads _threads = new();
    private readonly LargeFile _file;

    public LargeFileTests()
    {
        TransferItem item = TransferItems.Create(_folder, 1000L * BlockPool.BlockSize, etag: "weights");
        _file = new LargeFile(item, PartialFile.Open(item, null), null, _pool, _threads, () => { });
    }

    public void Dispose()
    {
        _threads.Dispose();
        _file.Dispose();
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Others_wait_until_the_first_request_has_shown_where_the_content_lies()
    {
        Segment? first = _file.TakeSegment(Connections);
        Assert.NotNull(first);
        Assert.Null(_file.TakeSegment(Connections));

        _file.Open(new Uri("http://127.0.0.1:1/content"));

        Segment? second = _file.TakeSegment(Connections);
        Assert.NotNull(second);
        Assert.Equal(first.End, second.Next);
    }

    [Fact]
    public void What_a_connection_left_is_given_away_before_what_follows()
    {
        Segment first = _file.TakeSegment(Connections)!;
        _file.Open(null);
        Segment second = _file.TakeSegment(Connections)!;
        (int, int) blocks = (first.Next, first.End);

        _file.Release(first);

        Segment again = _file.TakeSegment(Connections)!;
        Assert.Equal(blocks, (again.Next, again.End));
        Assert.Equal(second.End, _file.TakeSegment(Connections)!.Next);
    }

    [Fact]
    public async Task Connections_do_not_run_far_ahead_of_one_that_delivers_the_first_missing_block()
    {
        Segment first = _file.TakeSegment(Connections)!;
        using Connection connection = new(TimeProvider.System, TestContext.Current.CancellationToken);
        first.Connection = connection;
        connection.Begin();
        _file.Open(null);

        List<Segment> taken = TakeAll();

        Assert.InRange(taken[^1].End, Connections * 16, 2 * Connections * 16);
        await BringAsync(first);
        _file.Release(first);
        Assert.NotNull(_file.TakeSegment(Connections));
    }

    [Fact]
    public void A_connection_that_waits_to_be_tried_again_holds_nobody_up()
    {
        Segment first = _file.TakeSegment(Connections)!;
        _file.Open(null);

        List<Segment> taken = TakeAll();

        Assert.Null(first.Connection);
        Assert.Equal(1000, taken[^1].End);
    }

    [Fact]
    public async Task Of_a_connection_that_has_fallen_silent_all_but_the_block_it_is_at_is_taken_over()
    {
        ManualTime time = new();
        Segment first = _file.TakeSegment(Connections)!;
        using Connection connection = new(time, TestContext.Current.CancellationToken);
        first.Connection = connection;
        connection.Begin();
        byte[] buffer = await _pool.RentAsync(TestContext.Current.CancellationToken);
        Assert.True(_file.Accept(0, buffer));
        first.Next = 1;
        connection.Received(BlockPool.BlockSize);
        time.Advance(TimeSpan.FromSeconds(2));

        Segment? helper = _file.TakeOver(worthSeconds: 0.3);

        Assert.Equal((1, 16), (helper?.Next, helper?.End));
        Assert.Equal((1, 2), (first.Next, first.End));
        Assert.Null(_file.TakeOver(worthSeconds: 0.3));
    }

    [Fact]
    public void The_last_stretches_are_shorter()
    {
        _ = _file.TakeSegment(Connections);
        _file.Open(null);

        List<int> lengths = [.. TakeAll().Select(segment => segment.Remaining)];

        Assert.Equal(16, lengths[0]);
        Assert.Equal(4, lengths[^2]);
        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    private List<Segment> TakeAll()
    {
        List<Segment> taken = [];
        while (_file.TakeSegment(Connections) is { } segment)
        {
            taken.Add(segment);
        }

        return taken;
    }

    private async Task BringAsync(Segment segment)
    {
        while (segment.Remaining > 0)
        {
            byte[] buffer = await _pool.RentAsync(TestContext.Current.CancellationToken);
            if (!_file.Accept(segment.Next, buffer))
            {
                _pool.Return(buffer);
            }

            segment.Next++;
        }
    }
}
