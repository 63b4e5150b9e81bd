using Snug.Inference;
using Snug.Pretrained;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>One random model for all tests of a class.</summary>
public sealed class RandomModelFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RandomModelFixture() => Model = PretrainedModel.FromDirectory(RandomModel.Write(_folder), new ModelOptions { Threads = 1 });

    public PretrainedModel Model { get; }

    public string Name => Path.GetFileName(_folder.Root);

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
