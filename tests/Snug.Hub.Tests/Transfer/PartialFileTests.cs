using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What is found of interrupted downloads while others work in the same folder.</summary>
public sealed class PartialFileTests
{
    [Fact]
    public async Task A_partial_file_that_another_publishes_meanwhile_is_no_failure()
    {
        using TemporaryFolder folder = new();
        string partial = Path.Join(folder.Root, "abc.1.incomplete");
        TransferItem item = new()
        {
            Repository = RepositoryId.Parse("org/model"),
            Commit = new string('0', 40),
            Path = "model.safetensors",
            Size = 2 * BlockPool.BlockSize,
            Etag = "abc",
            PartialFolder = folder.Root,
            PartialStem = "abc",
            FinalPath = Path.Join(folder.Root, "abc"),
            LockPath = Path.Join(folder.Root, "abc.lock"),
        };
        await File.WriteAllBytesAsync(partial, new byte[BlockPool.BlockSize], TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(partial, DateTime.UnixEpoch);
        using CancellationTokenSource done = new();
        string[] listing = [partial];
        Task other = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    File.Move(partial, partial + ".away");
                    File.Move(partial + ".away", partial);
                }
            },
            TestContext.Current.CancellationToken);

        HashSet<long> found = [];
        try
        {
            for (int i = 0; i < 50_000; i++)
            {
                found.Add(PartialFiles.AdoptableBytes(item, listing));
            }
        }
        finally
        {
            await done.CancelAsync();
            await other;
        }

        Assert.Subset(new HashSet<long> { 0, BlockPool.BlockSize }, found);
    }
}
