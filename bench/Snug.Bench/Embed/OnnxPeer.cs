using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Snug.TestKit;

namespace Snug.Bench;

/// <summary>ONNX Runtime behind its Node binding, in a process that answers run by run, so that it can take turns with us.</summary>
internal sealed class OnnxPeer : IDisposable
{
    private const string Package = "onnxruntime-node";
    private const string PackageVersion = "1.30.0";
    private readonly Process _process;

    private OnnxPeer(Process process, int batch) => (_process, Batch) = (process, batch);

    /// <summary>Sequences that are padded to one length and computed together.</summary>
    public int Batch { get; }

    /// <summary>Installs the package and makes the ONNX file, unless they are there.</summary>
    /// <returns>The folder of the package, its version, and the file.</returns>
    public static async Task<(string Folder, string Version, string Model)> PrepareAsync(string model, string python)
    {
        string folder = Directory.CreateDirectory(Path.Join(Checkout.Root, "artifacts", "bench-onnx")).FullName;
        string manifest = Path.Join(folder, "node_modules", Package, "package.json");
        if (!File.Exists(manifest))
        {
            await File.WriteAllTextAsync(Path.Join(folder, "package.json"), """{"private": true, "type": "module"}""");
            await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", $"{Package}@{PackageVersion}"], folder);
        }

        File.Copy(Path.Join(AppContext.BaseDirectory, "Peers", "onnx.mjs"), Path.Join(folder, "onnx.mjs"), overwrite: true);
        string file = Path.Join(model, "model.onnx");
        if (!File.Exists(file))
        {
            await RunAsync(python, [Path.Join(AppContext.BaseDirectory, "Peers", "export_encoder.py"), model, file], model);
        }

        using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(manifest));
        return (folder, document.RootElement.GetProperty("version").GetString()!, file);
    }

    /// <summary>Starts the process and has it load the model and run once.</summary>
    public static async Task<OnnxPeer> StartAsync(string folder, string model, string sentences, int threads, int batch)
    {
        string[] arguments = [Path.Join(folder, "onnx.mjs"), model, sentences, Text(threads), Text(batch)];
        ProcessStartInfo start = new("node", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
        OnnxPeer peer = new(Process.Start(start) ?? throw new UsageException("node does not start."), batch);
        string? ready = await peer._process.StandardOutput.ReadLineAsync();
        return ready?.StartsWith("ready", StringComparison.Ordinal) == true ? peer : throw new UsageException($"{Package} failed; what it said is above.");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Runs over all sentences.</summary>
    public async Task<TimeSpan> RunAsync() => TimeSpan.FromMilliseconds(double.Parse(await AskAsync("run"), CultureInfo.InvariantCulture));

    /// <summary>The vectors of all sentences.</summary>
    public async Task<float[][]> VectorsAsync() => JsonSerializer.Deserialize<float[][]>(await AskAsync("vectors"))!;

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<string> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() ?? throw new UsageException($"{Package} ended; what it said is above.");
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        CommandResult result = await CommandRunner.RunAsync(program, arguments, folder: folder, timeout: TimeSpan.FromMinutes(10));
        if (result.ExitCode != 0)
        {
            throw new UsageException($"{program} failed: {result.Error.Trim()}");
        }
    }
}
