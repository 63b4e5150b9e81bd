namespace Snug.Hub;

/// <summary>The first part of a journal: what it is about and who writes it.</summary>
internal sealed record JournalHeader
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Etag { get; init; }

    public required long Size { get; init; }

    public required int BlockSize { get; init; }

    /// <summary>The process that writes the partial file, with its host and start time, so that a successor can tell whether it lives.</summary>
    public required int Pid { get; init; }

    public required string Host { get; init; }

    public required long Started { get; init; }
}
