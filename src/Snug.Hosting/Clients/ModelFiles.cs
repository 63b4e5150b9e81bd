using Snug.Pretrained;

namespace Snug.Hosting;

/// <summary>Which files of a repository a client of its model needs, when nobody says: those that its loader would have.</summary>
internal static class ModelFiles
{
    public static async Task<PretrainedSource> ForChatAsync(string model, PretrainedOptions options, CancellationToken cancellationToken)
    {
        PretrainedModelOptions from = new() { Client = options.Client, Revision = options.Revision, Progress = options.Progress };
        using PretrainedModel found = await PretrainedModel.FromHubAsync(model, from, cancellationToken).ConfigureAwait(false);
        return found.Source;
    }

    public static async Task<PretrainedSource> ForEmbeddingsAsync(string model, PretrainedOptions options, CancellationToken cancellationToken)
    {
        SentenceEncoderOptions from = new() { Client = options.Client, Revision = options.Revision, Progress = options.Progress };
        using SentenceEncoder found = await SentenceEncoder.FromHubAsync(model, from, cancellationToken).ConfigureAwait(false);
        return found.Source;
    }
}
