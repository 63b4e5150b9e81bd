namespace Snug.Hub;

/// <summary>What a removal did.</summary>
/// <param name="BytesFreed">The bytes of content that were freed.</param>
/// <param name="ItemsRemoved">How many items of the plan are gone, those that somebody else removed meanwhile included.</param>
/// <param name="Problems">What could not be removed, or is in use again; empty when the whole plan was carried out.</param>
public sealed record CacheRemovalResult(long BytesFreed, int ItemsRemoved, IReadOnlyList<CacheProblem> Problems);
