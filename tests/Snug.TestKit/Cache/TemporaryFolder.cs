namespace Snug.TestKit;

/// <summary>A folder of its own that is gone after the test.</summary>
public class TemporaryFolder : IDisposable
{
    /// <summary>Makes a folder.</summary>
    /// <param name="parent">Where; the system's temporary folder when missing.</param>
    public TemporaryFolder(string? parent = null)
    {
        Root = Path.Join(parent ?? Path.GetTempPath(), "snug-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Root);
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Writes a text file and the folders that it needs.</summary>
    /// <returns>Its full path.</returns>
    public string Write(string path, string text)
    {
        string file = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Deletes the folder.</summary>
    protected virtual void Dispose(bool disposing)
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it.
        }
    }
}
