namespace Snug.Hub.Tests;

/// <summary>The journal's checksum notices what disks and power cuts do to a block.</summary>
public sealed class BlockChecksumTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(1000)]
    [InlineData(4099)]
    public void Every_changed_byte_and_every_missing_byte_changes_it(int length)
    {
        byte[] block = new byte[length];
        new Random(length).NextBytes(block);
        uint right = BlockChecksum.Compute(block);
        for (int i = 0; i < length; i++)
        {
            block[i] ^= 0x10;
            Assert.NotEqual(right, BlockChecksum.Compute(block));
            block[i] ^= 0x10;
        }

        Assert.Equal(right, BlockChecksum.Compute(block));
        Assert.NotEqual(right, BlockChecksum.Compute(block.AsSpan(0, length - 1)));
    }

    [Fact]
    public void Exchanged_quarters_and_a_zeroed_page_change_it()
    {
        byte[] block = new byte[256 * 1024];
        new Random(1).NextBytes(block);
        uint right = BlockChecksum.Compute(block);
        byte[] exchanged = [.. block.AsSpan(64 * 1024, 64 * 1024), .. block.AsSpan(0, 64 * 1024), .. block.AsSpan(128 * 1024)];
        Assert.NotEqual(right, BlockChecksum.Compute(exchanged));
        block.AsSpan(100 * 1024, 4096).Clear();
        Assert.NotEqual(right, BlockChecksum.Compute(block));
    }
}
