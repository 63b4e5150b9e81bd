namespace Snug.Hub;

/// <summary>What a fine-grained token may do in one place.</summary>
/// <param name="EntityType">What the place is: <c>model</c>, <c>dataset</c>, <c>space</c>, <c>user</c>, <c>org</c>, …</param>
/// <param name="Entity">Its name, or its id where the Hub gives no name.</param>
/// <param name="Permissions">The permissions, in the Hub's words: <c>repo.content.read</c>, <c>repo.write</c>, …</param>
public sealed record AccessTokenScope(string EntityType, string Entity, IReadOnlyList<string> Permissions);
