using System.Security.Cryptography;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Large files are hashed in order while their blocks come in any.</summary>
public sealed class OrderedHashTests : IDisposable
{
    private const int BlockCount = 80;

    private readonly TemporaryFolder _folder = new();
    private readonly BlockPool _pool = new(64 * BlockPool.BlockSize);
    private readonly HashThreads _threads = new();
    private readonly byte[] _content = new byte[((BlockCount - 1) * BlockPool.BlockSize) + 1234];
    private readonly TransferItem _item;

    public OrderedHashTests()
    {
        new Random(7).NextBytes(_content);
        _item = TransferItems.Create(_folder, _content.Length, Convert.ToHexStringLower(SHA256.HashData(_content)));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _threads.Dispose();
        _pool.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task The_digest_is_that_of_the_file_whatever_order_the_blocks_come_in(int connections)
    {
        using PartialFile partial = PartialFile.Open(_item, null);
        int free = _pool.Available;
        using (OrderedHash hash = new(_item, partial, _pool, _threads, _ => { }))
        {
            int[] order = [.. Enumerable.Range(0, BlockCount)];
            new Random(connections).Shuffle(order);
            await Task.WhenAll(order.Chunk(BlockCount / connections).Select(blocks => Task.Run(() => BringAsync(partial, hash, blocks), Cancellation)));

            Assert.Equal(_item.Etag, await hash.Digest.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        }

        Assert.Equal(free, _pool.Available);
    }

    [Fact]
    public async Task Blocks_that_come_in_order_are_hashed_from_memory()
    {
        using PartialFile partial = PartialFile.Open(_item, null);
        using OrderedHash hash = new(_item, partial, _pool, _threads, _ => { });
        byte[] wrong = new byte[BlockPool.BlockSize];
        for (int block = 0; block < 8; block++)
        {
            byte[] buffer = await FillAsync(block);
            Assert.True(partial.Write(block, buffer.AsSpan(0, partial.Blocks.Length(block))));
            Assert.True(hash.TryKeep(block, buffer));

            // What is on the disk is not looked at again.
            RandomAccess.Write(partial.Handle, wrong, BlockMap.Offset(block));
        }

        hash.Continue();
        await BringAsync(partial, hash, [.. Enumerable.Range(8, BlockCount - 8)]);

        Assert.Equal(_item.Etag, await hash.Digest.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    [Fact]
    public async Task Buffers_that_were_kept_come_back_when_the_download_stops()
    {
        using PartialFile partial = PartialFile.Open(_item, null);
        int free = _pool.Available;
        using (OrderedHash hash = new(_item, partial, _pool, _threads, _ => { }))
        {
            byte[] buffer = await FillAsync(1);
            Assert.True(partial.Write(1, buffer));
            Assert.True(hash.TryKeep(1, buffer));
            hash.Continue();
            Assert.False(hash.Digest.IsCompleted);
            Assert.NotEqual(free, _pool.Available);
        }

        Assert.Equal(free, _pool.Available);
    }

    [Fact]
    public async Task A_failure_to_read_is_the_failure_of_the_digest()
    {
        PartialFile partial = PartialFile.Open(_item, null);
        using OrderedHash hash = new(_item, partial, _pool, _threads, _ => { });
        byte[] buffer = await FillAsync(0);
        partial.Write(0, buffer);
        _pool.Return(buffer);
        partial.Dispose();

        hash.Continue();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => hash.Digest.WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
    }

    [Fact]
    public async Task Many_files_share_a_few_threads()
    {
        const int Files = 6;
        List<TransferItem> items = [.. Enumerable.Range(0, Files).Select(file => _item with { PartialStem = $"file{file}" })];
        List<PartialFile> partials = [.. items.Select(item => PartialFile.Open(item, null))];
        List<OrderedHash> hashes = [.. items.Select((item, file) => new OrderedHash(item, partials[file], _pool, _threads, _ => { }))];
        try
        {
            await Task.WhenAll(hashes.Select((hash, file) => Task.Run(() => BringAsync(partials[file], hash, [.. Enumerable.Range(0, BlockCount)]), Cancellation)));

            foreach (OrderedHash hash in hashes)
            {
                Assert.Equal(_item.Etag, await hash.Digest.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
            }
        }
        finally
        {
            hashes.ForEach(hash => hash.Dispose());
            partials.ForEach(partial => partial.Dispose());
        }
    }

    private async Task BringAsync(PartialFile partial, OrderedHash hash, int[] blocks)
    {
        foreach (int block in blocks)
        {
            byte[] buffer = await FillAsync(block);
            partial.Write(block, buffer.AsSpan(0, partial.Blocks.Length(block)));
            if (!hash.TryKeep(block, buffer))
            {
                _pool.Return(buffer);
            }

            hash.Continue();
        }
    }

    private async Task<byte[]> FillAsync(int block)
    {
        byte[] buffer = await _pool.RentAsync(Cancellation);
        long offset = BlockMap.Offset(block);
        _content.AsSpan((int)offset, (int)Math.Min(BlockPool.BlockSize, _content.Length - offset)).CopyTo(buffer);
        return buffer;
    }
}
