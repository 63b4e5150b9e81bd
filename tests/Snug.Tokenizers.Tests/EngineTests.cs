namespace Snug.Tokenizers.Tests;

/// <summary>Tests that compare with the reference engine share its installation.</summary>
[CollectionDefinition(nameof(EngineTests))]
public sealed class EngineTests : ICollectionFixture<EngineFixture>;
