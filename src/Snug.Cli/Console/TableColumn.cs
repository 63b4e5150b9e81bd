namespace Snug.Cli;

/// <summary>A column of a table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="IsNumber">Whether values stand at the right.</param>
/// <param name="Style">A Spectre style for the values, or <see langword="null"/>.</param>
/// <param name="MayWrap">Whether long values may take several lines.</param>
/// <param name="IsForPrograms">Whether it is left out on terminals.</param>
internal sealed record TableColumn(string Name, bool IsNumber = false, string? Style = null, bool MayWrap = false, bool IsForPrograms = false);
