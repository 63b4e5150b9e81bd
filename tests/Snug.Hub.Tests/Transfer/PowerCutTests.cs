namespace Snug.Hub.Tests;

/// <summary>What a power cut leaves: files of the right length whose content never reached the disk.</summary>
public sealed class PowerCutTests : DownloadFixture
{
    private string Notes => Path.Join(Cache.Root, ".locks", ".snug-unflushed");

    [Fact]
    [Trait("Requirement", "S2-26")]
    public async Task A_blob_that_lost_its_content_is_fetched_again_after_the_machine_was_restarted()
    {
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        string blob = new FileInfo(first.GetFile("weights/middle.bin")).ResolveLinkTarget(true)!.FullName;
        await File.WriteAllBytesAsync(blob, new byte[300_000], Cancellation);
        Restart();

        CachedSnapshot second = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(1, second.TransferredFiles);
        Cache.AssertSnapshot(Id, Commit);
        Assert.Single(Directory.GetFiles(Notes));
    }

    [Fact]
    public async Task Offline_such_a_blob_is_missing_rather_than_wrong()
    {
        CachedSnapshot first = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        string blob = new FileInfo(first.GetFile("weights/middle.bin")).ResolveLinkTarget(true)!.FullName;
        await File.WriteAllBytesAsync(blob, new byte[300_000], Cancellation);
        Restart();

        HubException e = await Assert.ThrowsAsync<HubException>(
            () => Client.DownloadFileAsync(Id, "weights/middle.bin", new DownloadOptions { Offline = true }, cancellationToken: Cancellation));

        Assert.Equal(HubErrorKind.Offline, e.Kind);
    }

    [Fact]
    public async Task Whole_blobs_are_read_once_and_stay()
    {
        await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);
        Restart();

        CachedSnapshot again = await Client.DownloadSnapshotAsync(Id, cancellationToken: Cancellation);

        Assert.Equal(0, again.TransferredFiles);
        Assert.Empty(Directory.GetFiles(Notes));
        Cache.AssertSnapshot(Id, Commit);
    }

    /// <summary>Lets the note look as if it came from before the last start of the machine.</summary>
    private void Restart()
    {
        string note = Assert.Single(Directory.GetFiles(Notes));
        string[] parts = Path.GetFileName(note).Split('@');
        File.Move(note, Path.Join(Notes, $"{parts[0]}@{new string('0', 32)}.{parts[1].Split('.')[1]}"));
    }
}
