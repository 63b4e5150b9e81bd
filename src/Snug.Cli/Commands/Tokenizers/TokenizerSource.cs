using Snug.Pretrained;
using Snug.Tokenizers;

namespace Snug.Cli;

/// <summary>Finds the tokenizer that a command line names: a file, a folder, or a repository, of which only the tokenizer is downloaded.</summary>
internal static class TokenizerSource
{
    /// <summary>Loads the tokenizer of a file or a folder, or of a repository.</summary>
    public static async Task<Tokenizer> LoadAsync(Invocation invocation, string model, CancellationToken cancellationToken)
    {
        if (ModelSource.FindLocal(model) is { } path)
        {
            return (Directory.Exists(path) ? PretrainedTokenizer.FromDirectory(path) : PretrainedTokenizer.FromFile(path)).Tokenizer;
        }

        PretrainedTokenizer loaded = await new ModelSource(invocation).FetchAsync(
            options => PretrainedTokenizer.FromHubAsync(model, options, cancellationToken), loaded => loaded.Source);
        return loaded.Tokenizer;
    }

    /// <summary>Reads what a folder or a repository says about its tokenizer, chat templates above all.</summary>
    public static async Task<TokenizerConfiguration> ReadConfigurationAsync(Invocation invocation, string model, CancellationToken cancellationToken) =>
        ModelSource.FindLocal(model) is { } folder
            ? TokenizerConfiguration.FromDirectory(folder)
            : await new ModelSource(invocation).FetchAsync(
                options => PretrainedTokenizer.ReadConfigurationAsync(model, options, cancellationToken), _ => null);
}
