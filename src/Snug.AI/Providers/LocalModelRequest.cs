using Snug.Pretrained;

namespace Snug.AI;

/// <summary>A model that is to run in this process.</summary>
/// <param name="Model">The repository, a folder, or a GGUF file.</param>
/// <param name="Options">Token, cache folder, revision; threads and format of the weights.</param>
public sealed record LocalModelRequest(string Model, PretrainedModelOptions Options);
