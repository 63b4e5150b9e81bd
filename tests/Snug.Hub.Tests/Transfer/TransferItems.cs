using Snug.TestKit;

namespace Snug.Hub.Tests;

/// <summary>Contents to fetch, for tests of the parts of a transfer.</summary>
internal static class TransferItems
{
    public static TransferItem Create(TemporaryFolder folder, long size, string etag) => new()
    {
        Repository = RepositoryId.Parse("org/model"),
        Commit = new string('0', 40),
        Path = "model.safetensors",
        Size = size,
        Etag = etag,
        PartialFolder = folder.Root,
        PartialStem = etag,
        FinalPath = Path.Join(folder.Root, etag),
        LockPath = Path.Join(folder.Root, etag + ".lock"),
    };
}
