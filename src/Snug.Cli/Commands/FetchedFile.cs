namespace Snug.Cli;

/// <summary>One file that is on this machine now.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="TransferredBytes">Its size when it was transferred; <see langword="null"/> when it was there already.</param>
internal sealed record FetchedFile(string Path, long? TransferredBytes);
