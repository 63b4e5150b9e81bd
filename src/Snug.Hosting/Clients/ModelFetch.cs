using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>Has the files of a model that its loader needs: one form of the weights, the vocabulary, and no more. Nothing is loaded.</summary>
/// <param name="model">The model, as its loader takes it.</param>
/// <param name="options">Client, revision and progress.</param>
/// <param name="cancellationToken">Cancels the call; what has arrived stays for the next one.</param>
internal delegate Task<PretrainedSource> ModelFetch(string model, PretrainedOptions options, CancellationToken cancellationToken);
