namespace Snug.Hub;

/// <summary>An organization that an account belongs to.</summary>
/// <param name="Name">Its name, which is also a namespace.</param>
/// <param name="FullName">The name shown to people.</param>
/// <param name="Role">The account's role there, in the Hub's words (<c>admin</c>, <c>write</c>, <c>contributor</c>, <c>read</c>), if told.</param>
public sealed record HubOrganization(string Name, string FullName, string? Role);
