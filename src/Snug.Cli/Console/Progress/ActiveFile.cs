using Snug.Hub;

namespace Snug.Cli;

/// <summary>A file under way.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Its size.</param>
/// <param name="State">What happens to it.</param>
/// <param name="Note">Why it waits or a connection was replaced.</param>
/// <param name="Order">When it began, relative to the others.</param>
internal sealed record ActiveFile(string Path, long Done, long Total, DownloadFileState State, string? Note, int Order);
