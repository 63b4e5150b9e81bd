namespace TranscriptionApi;

/// <summary>The model that the API has.</summary>
internal sealed record ModelAnswer(string Model, string Commit, string Path, IReadOnlyList<string> Files);
