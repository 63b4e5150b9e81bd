namespace Snug.Server;

/// <summary>What a fine-grained token may do in one place.</summary>
/// <param name="Entity">A repository (<c>namespace/name</c>, <c>datasets/namespace/name</c>), a user or an organization.</param>
/// <param name="EntityType"><c>model</c>, <c>dataset</c>, <c>space</c>, <c>user</c> or <c>org</c>.</param>
/// <param name="Permissions">Permissions by name, such as <c>repo.content.read</c>.</param>
public sealed record HubTokenScope(string Entity, string EntityType, IReadOnlyList<string> Permissions);
