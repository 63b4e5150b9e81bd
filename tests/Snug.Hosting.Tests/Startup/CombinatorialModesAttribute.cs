using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Snug.Hosting.Tests;

/// <summary>One row for each mode, with the rest of the row given.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CombinatorialModesAttribute(string situation, string text, int number) : DataAttribute
{
    public string Situation => situation;

    public string Text => text;

    public int Number => number;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<ModelStartMode>().Select(mode => new TheoryDataRow<ModelStartMode, string, string, int>(mode, situation, text, number))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
