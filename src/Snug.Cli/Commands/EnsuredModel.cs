using System.Text.Json;

namespace Snug.Cli;

/// <summary>How one model of <c>snug ensure</c> ended.</summary>
/// <param name="Model">What was asked for.</param>
/// <param name="Commit">The commit, where the whole repository or a folder was asked for.</param>
/// <param name="Path">Where it is.</param>
/// <param name="TransferredFiles">How many files were transferred.</param>
/// <param name="TransferredBytes">How many bytes were transferred.</param>
/// <param name="Failure">Why it is missing, or <see langword="null"/>.</param>
internal sealed record EnsuredModel(
    string Model, string? Commit, string? Path, int TransferredFiles, long TransferredBytes, Failure? Failure)
{
    public string Status => Failure is not null ? "failed" : TransferredFiles > 0 ? "downloaded" : "present";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("model", Model);
        json.WriteString("status", Status);
        json.WriteString("commit", Commit);
        json.WriteString("path", Path);
        json.WriteNumber("transferredFiles", TransferredFiles);
        json.WriteNumber("transferredBytes", TransferredBytes);
        if (Failure is not null)
        {
            json.WriteStartObject("error");
            Failure.Write(json);
            json.WriteEndObject();
        }
    }
}
