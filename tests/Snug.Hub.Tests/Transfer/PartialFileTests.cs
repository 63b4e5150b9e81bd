using System.Diagnostics;
using System.Globalization;
using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>What is found of interrupted downloads while others work in the same folder.</summary>
public sealed class PartialFileTests
{
    [Fact]
    public async Task An_owner_that_has_ended_and_whose_parent_does_not_ask_how_is_not_alive()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only here processes that have ended can be made to stay.");

        // The shell becomes a program that never waits for the child that it has from it.
        await using RunningCommand parent = RunningCommand.Start("sh", ["-c", "sleep 600 & exec sleep 600"]);
        Process? child = null;
        while (child is null)
        {
            child = Process.GetProcesses().FirstOrDefault(process => ParentOf(process.Id) == parent.Id);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        JournalHeader header = new()
        {
            Format = JournalHeader.CurrentFormat,
            Etag = "abc",
            Size = 1,
            BlockSize = BlockPool.BlockSize,
            Pid = child.Id,
            Host = PartialOwner.Host,
            Started = new DateTimeOffset(child.StartTime.ToUniversalTime()).ToUnixTimeSeconds(),
        };
        Assert.True(PartialOwner.IsAliveElsewhere(header));
        child.Kill();
        while (File.ReadAllText($"/proc/{child.Id}/stat").Split(')')[^1].Trim()[0] != 'Z')
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.False(PartialOwner.IsAliveElsewhere(header));
    }

    private static int? ParentOf(int pid)
    {
        try
        {
            return int.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [Fact]
    public async Task A_partial_file_that_another_publishes_meanwhile_is_no_failure()
    {
        using TemporaryFolder folder = new();
        string partial = Path.Join(folder.Root, "abc.1.incomplete");
        TransferItem item = TransferItems.Create(folder, 2 * BlockPool.BlockSize, etag: "abc");
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
