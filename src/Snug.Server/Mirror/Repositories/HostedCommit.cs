namespace Snug.Server;

/// <summary>A commit: what the files were at one moment.</summary>
public sealed class HostedCommit
{
    /// <summary>Describes a commit.</summary>
    public HostedCommit(string id, HostedTree tree, string title, string author, DateTimeOffset date)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(tree);
        Id = id;
        Tree = tree;
        Title = title;
        Author = author;
        Date = date;
    }

    /// <summary>The commit id: 40 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Files and folders.</summary>
    public HostedTree Tree { get; }

    /// <summary>The first line of the message.</summary>
    public string Title { get; }

    /// <summary>The rest of the message.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>The name of the author.</summary>
    public string Author { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>The commit before this one, where the history is known.</summary>
    public HostedCommit? Parent { get; init; }
}
