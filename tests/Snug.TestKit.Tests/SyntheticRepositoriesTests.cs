using Snug.Server;

namespace Snug.TestKit.Tests;

public sealed class SyntheticRepositoriesTests
{
    [Fact]
    public async Task The_mixed_repository_has_thirty_files_from_nothing_to_64_MB()
    {
        MemoryRepositorySource source = new();
        HostedCommit commit = await SyntheticRepositories.AddManyAsync(source, "org/many", 250, size: 10);
        Assert.Equal((30, 0L, 64L << 20), (SyntheticRepositories.MixedSizes.Count, SyntheticRepositories.MixedSizes[0], SyntheticRepositories.MixedSizes[^1]));
        Assert.Equal(250, commit.Tree.Entries.Count(e => e.File is not null));
        Assert.Equal(2500, commit.Tree.TotalSize);
    }
}
