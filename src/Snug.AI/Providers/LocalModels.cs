using Snug.Pretrained;

namespace Snug.AI;

/// <summary>Loads models with the engine of Snug.</summary>
internal static class LocalModels
{
    public static async Task<LocalModel> LoadAsync(LocalModelRequest request, CancellationToken cancellationToken)
    {
        PretrainedModel model = Directory.Exists(request.Model) ? PretrainedModel.FromDirectory(request.Model, request.Options.Model)
            : request.Model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(request.Model) ? PretrainedModel.FromFile(request.Model, request.Options.Model)
            : await PretrainedModel.FromHubAsync(request.Model, request.Options, cancellationToken).ConfigureAwait(false);
        return new LocalModel(new LocalChatClient(model), model.Source);
    }
}
