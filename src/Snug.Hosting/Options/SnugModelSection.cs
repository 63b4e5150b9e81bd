using Microsoft.Extensions.Configuration;

namespace Snug.Hosting;

/// <summary>What the configuration may say about one model; a text instead is its repository.</summary>
internal sealed class SnugModelSection
{
    private static readonly string[] Keys = [nameof(Repository), nameof(Revision), nameof(Include), nameof(Exclude), nameof(Mode)];

    public string? Repository { get; set; }

    public string? Revision { get; set; }

    public List<string>? Include { get; set; }

    public List<string>? Exclude { get; set; }

    public ModelStartMode? Mode { get; set; }

    public static void Apply(IConfigurationSection child, SnugOptions options)
    {
        SnugSection.CheckKeys(child, Keys);
        SnugModelSection section = new();
        child.Bind(section);
        SnugModelOptions model = SnugBuilderExtensions.GetOrAdd(options, child.Key);
        model.Repository = section.Repository ?? (string.IsNullOrWhiteSpace(child.Value) ? model.Repository : child.Value);
        model.Revision = section.Revision ?? model.Revision;
        model.Mode = section.Mode ?? model.Mode;
        Add(section.Include, model.Include);
        Add(section.Exclude, model.Exclude);
    }

    private static void Add(List<string>? patterns, IList<string> to)
    {
        foreach (string pattern in patterns ?? [])
        {
            to.Add(pattern);
        }
    }
}
