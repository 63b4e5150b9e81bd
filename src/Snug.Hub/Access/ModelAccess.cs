namespace Snug.Hub;

/// <summary>Whether a provider gives a model to this caller.</summary>
/// <param name="Model">The model as the provider names it.</param>
/// <param name="IsReadable">Whether it can be had now.</param>
/// <param name="RequiresAuth">Whether this model needs authentication, whatever its provider says of itself; <see langword="null"/> when not known.</param>
/// <param name="Code">The stable code of what stands in the way, or <see langword="null"/>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Advice">What to do, in order.</param>
public sealed record ModelAccess(
    string Model, bool IsReadable, bool? RequiresAuth, string? Code, string Message, IReadOnlyList<string> Advice);
