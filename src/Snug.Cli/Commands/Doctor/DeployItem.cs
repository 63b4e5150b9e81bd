namespace Snug.Cli;

/// <summary>An item of the deployment checklist.</summary>
/// <param name="Id">The stable name for scripts.</param>
/// <param name="Text">What is to be done.</param>
/// <param name="IsDone">Whether it is, or <see langword="null"/> where only people can tell.</param>
internal sealed record DeployItem(string Id, string Text, bool? IsDone);
