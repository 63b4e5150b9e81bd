using Snug.Hub;

namespace Snug.Hosting;

/// <summary>One model of an application.</summary>
public sealed class SnugModelOptions
{
    /// <summary>
    /// The repository as people write it: <c>namespace/name</c>, <c>datasets/…</c>, <c>hf://namespace/name@revision/path</c>, or the address
    /// of its page. Unset: the name of the model.
    /// </summary>
    public string? Repository { get; set; }

    /// <summary>Branch, tag, commit or <c>refs/pr/N</c>; wins over a revision in <see cref="Repository"/>. Unset: that, else <c>main</c>.</summary>
    public string? Revision { get; set; }

    /// <summary>Patterns of the files wanted, with the meaning of Python's <c>fnmatch</c>. Empty: all files.</summary>
    public IList<string> Include { get; } = [];

    /// <summary>Patterns of files left out; they win over <see cref="Include"/>.</summary>
    public IList<string> Exclude { get; } = [];

    /// <summary>When it is made ready. Unset: <see cref="SnugOptions.Mode"/>.</summary>
    public ModelStartMode? Mode { get; set; }

    /// <summary>The variable that named the repository, or that should have.</summary>
    internal string? Variable { get; set; }

    /// <summary>Whether <see cref="Variable"/> was unset and the repository is the fallback.</summary>
    internal bool IsFallback { get; set; }

    /// <summary>Settings of the Hub's client for this model alone. Unset: those of the application.</summary>
    internal HubClientOptions? Hub { get; set; }

    /// <summary>The model as the loaders of its clients take it, which may name more than a repository.</summary>
    internal string? LoaderName { get; private set; }

    /// <summary>What the clients of the model need of it. Empty: what the patterns say.</summary>
    internal IReadOnlyList<ModelFetch> Fetches { get; private set; } = [];

    /// <summary>Says that a client needs the model, and which files then.</summary>
    internal void FetchAs(string loaderName, ModelFetch fetch)
    {
        LoaderName = loaderName;
        Fetches = [.. Fetches.Append(fetch).Distinct()];
    }
}
