using Microsoft.Extensions.Options;
using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Finds what makes no sense before the host starts, all of it at once.</summary>
internal sealed class SnugOptionsValidator : IValidateOptions<SnugOptions>
{
    private const int MostModels = 1000;

    public ValidateOptionsResult Validate(string? name, SnugOptions options)
    {
        List<string> problems = [];
        Check(problems, Enum.IsDefined(options.Mode), $"{nameof(options.Mode)} {options.Mode} is not a mode.");
        Check(problems, options.MaxConcurrentModels is > 0 and <= 64, $"{nameof(options.MaxConcurrentModels)} must be 1 to 64, not {options.MaxConcurrentModels}.");
        Check(problems, options.RetryDelay > TimeSpan.Zero, $"{nameof(options.RetryDelay)} must be longer than nothing.");
        Check(problems, options.MaxRetryDelay >= options.RetryDelay, $"{nameof(options.MaxRetryDelay)} must not be shorter than {nameof(options.RetryDelay)}.");
        Check(problems, options.Models.Count <= MostModels, $"{options.Models.Count} models are more than {MostModels}.");
        foreach ((string key, SnugModelOptions model) in options.Models)
        {
            Check(problems, model.Mode is not { } mode || Enum.IsDefined(mode), $"Model '{key}': {model.Mode} is not a mode.");
            Check(problems, model.Include.Concat(model.Exclude).All(pattern => !string.IsNullOrEmpty(pattern)), $"Model '{key}': a pattern is empty.");
            if (model is { Variable: { } variable, Repository: null })
            {
                problems.Add($"The variable {variable} names no model, and there is no fallback. Set it to a repository, for example openai/whisper-tiny.");
                continue;
            }

            try
            {
                RepositoryReference reference = RepositoryReference.Parse(model.Repository ?? key, options.Hub.Endpoint);
                string? problem = (model.Revision ?? reference.Revision) is { } revision ? Revisions.FindProblem(revision) : null;
                Check(problems, problem is null, $"Model '{key}': '{model.Revision ?? reference.Revision}' is not a revision: {problem}.");
            }
            catch (HubException e)
            {
                problems.Add(model.Variable is null ? $"Model '{key}': {e.Message}" : $"The variable {model.Variable}: {e.Message}");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Check(List<string> problems, bool isRight, string problem)
    {
        if (!isRight)
        {
            problems.Add(problem);
        }
    }
}
