using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Snug.Hosting;

/// <summary>Adds models.</summary>
public static class SnugBuilderExtensions
{
    /// <summary>Adds a model.</summary>
    /// <param name="builder">What <c>AddSnug</c> returned.</param>
    /// <param name="name">The name to ask for it by; also its repository unless <paramref name="configure"/> names another.</param>
    /// <param name="configure">Repository, revision, patterns, mode.</param>
    public static ISnugBuilder AddModel(this ISnugBuilder builder, string name, Action<SnugModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        builder.Services.Configure<SnugOptions>(options =>
        {
            SnugModelOptions model = GetOrAdd(options, name);
            configure?.Invoke(model);
        });
        return builder;
    }

    /// <summary>
    /// Adds the model that a variable names. The variable is looked up in the application's configuration, which has the environment and
    /// the command line in it, then in the environment. The name to ask for the model by is that of the variable.
    /// </summary>
    /// <param name="builder">What <c>AddSnug</c> returned.</param>
    /// <param name="variable">The variable, <c>WHISPER_MODEL</c> for example.</param>
    /// <param name="fallback">The repository when the variable is unset or empty; without one the host does not start then.</param>
    /// <param name="configure">Revision, patterns, mode.</param>
    public static ISnugBuilder AddModelFromEnvironment(
        this ISnugBuilder builder, string variable, string? fallback = null, Action<SnugModelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(variable);
        builder.Services.AddOptions<SnugOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            SnugModelOptions model = GetOrAdd(options, variable);
            string? named = NotBlank(provider.GetService<IConfiguration>()?[variable])
                ?? NotBlank((options.Hub.ReadVariable ?? Environment.GetEnvironmentVariable)(variable));
            model.Variable = variable;
            model.IsFallback = named is null;
            model.Repository = named ?? fallback;
            configure?.Invoke(model);
        });
        return builder;
    }

    internal static SnugModelOptions GetOrAdd(SnugOptions options, string name)
    {
        if (!options.Models.TryGetValue(name, out SnugModelOptions? model))
        {
            options.Models[name] = model = new SnugModelOptions();
        }

        return model;
    }

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
