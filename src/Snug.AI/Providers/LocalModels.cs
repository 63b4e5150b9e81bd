using Microsoft.Extensions.AI;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>Loads models with the engine of Snug.</summary>
internal static class LocalModels
{
    public static async Task<LocalModel> LoadAsync(LocalModelRequest request, CancellationToken cancellationToken)
    {
        LocalChatClient client = new(request.Model, new LocalChatClientOptions { Model = request.Options });
        try
        {
            await client.LoadAsync(cancellationToken).ConfigureAwait(false);
            return new LocalModel(client, client.GetService<PretrainedModel>()?.Source);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public static async Task<(IEmbeddingGenerator<string, Embedding<float>> Generator, PretrainedSource? Source)> LoadEncoderAsync(
        LocalModelRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        (string model, PretrainedModelOptions options) = request;
        SentenceEncoderOptions from = new() { Hub = options.Hub, Client = options.Client, Offline = options.Offline, Revision = options.Revision };
        SentenceEncoder encoder = Directory.Exists(model)
            ? SentenceEncoder.FromDirectory(model)
            : await SentenceEncoder.FromHubAsync(model, from, cancellationToken).ConfigureAwait(false);
        try
        {
            await encoder.LoadAsync(cancellationToken).ConfigureAwait(false);
            return (new LocalEmbeddingGenerator(encoder, time: time), encoder.Source);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
