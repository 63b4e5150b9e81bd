namespace Snug.Hub;

/// <summary>What a catalogue shows of a provider of models.</summary>
/// <param name="Id">The stable id: lower-case letters, digits and <c>-</c>.</param>
/// <param name="Name">The name for people.</param>
/// <param name="Icon">A character or the name of an icon.</param>
/// <param name="Authentication">How callers identify themselves, where they do.</param>
/// <param name="RequiresAuth">
/// Whether nothing at all can be had without. A hint only where it is <see langword="false"/>: single models may still be gated or private.
/// </param>
public sealed record ProviderDescriptor(string Id, string Name, string Icon, ProviderAuthentication Authentication, bool RequiresAuth);
