namespace Snug.Inference.Tests;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("snug-inference-").FullName;

    public string File(string name) => System.IO.Path.Join(Path, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    /// <summary>Copies a model of the test data here.</summary>
    public string CopyModel(string name)
    {
        foreach (string file in Directory.EnumerateFiles(Fixtures.Data(name)))
        {
            System.IO.File.Copy(file, File(System.IO.Path.GetFileName(file)), overwrite: true);
        }

        return Path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
