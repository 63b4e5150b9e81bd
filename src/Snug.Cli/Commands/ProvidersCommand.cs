using System.Text.Json;
using Snug.AI;
using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug providers</c>: where models come from, and which provider of language models the environment chooses.</summary>
internal sealed class ProvidersCommand : SnugCommand
{
    public ProvidersCommand(CliConsole console, CommonOptions common)
        : base("providers", "List where models come from, and show which provider of language models the environment chooses, and why.", console, common) =>
        AddAll(common.Token, common.Json);

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        ModelProvider[] providers = [new HuggingFaceProvider(hub)];
        (LlmProviderInfo? language, ChatProviderException? problem) = FindLanguageModel(invocation);
        int exitCode = problem is null ? ExitCodes.Done : ExitCodes.Usage;
        if (invocation.IsJson)
        {
            invocation.WriteJson(json =>
            {
                json.WriteStartArray("providers");
                foreach (ModelProvider provider in providers)
                {
                    ProviderDescriptor descriptor = provider.Descriptor;
                    json.WriteStartObject();
                    json.WriteString("id", descriptor.Id);
                    json.WriteString("name", descriptor.Name);
                    json.WriteString("icon", descriptor.Icon);
                    json.WriteString("authType", NameOf(descriptor.Authentication));
                    json.WriteBoolean("requiresAuth", descriptor.RequiresAuth);
                    json.WriteBoolean("authenticated", provider.IsAuthenticated);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WritePropertyName("languageModel");
                WriteLanguageModel(json, language, problem);
            });
            return Task.FromResult(exitCode);
        }

        Table table = new(new("ID"), new("NAME"), new("AUTHENTICATION"), new("REQUIRED"), new("CONFIGURED"));
        foreach (ModelProvider provider in providers)
        {
            ProviderDescriptor descriptor = provider.Descriptor;
            table.Add(
                descriptor.Id, descriptor.Name, NameOf(descriptor.Authentication), descriptor.RequiresAuth ? "yes" : "no", provider.IsAuthenticated ? "yes" : "no");
        }

        table.Write(invocation.Console);
        Sections sections = new(invocation.Console);
        sections.Add("Language models", [.. language?.Settings.Select(setting => new SectionRow(setting.Name, setting.Value, $"from {setting.Source}")) ?? []]);
        sections.Write();
        foreach (string missing in language?.Missing ?? [])
        {
            invocation.Messages.Warn(Text.Printable(missing));
        }

        if (problem is not null)
        {
            invocation.Messages.Warn(Text.Printable(problem.Message));
            invocation.Messages.Number(problem.Advice);
        }

        return Task.FromResult(exitCode);
    }

    /// <summary>What the environment chooses; nothing is sent.</summary>
    private static (LlmProviderInfo? Info, ChatProviderException? Problem) FindLanguageModel(Invocation invocation)
    {
        try
        {
            LlmProviderServices services = new() { ReadVariable = invocation.Console.Variable, Hub = invocation.ClientOptions() };
            return (ChatClients.ProviderFromEnvironment(services: services).Info, null);
        }
        catch (ChatProviderException e)
        {
            return (null, e);
        }
    }

    private static void WriteLanguageModel(Utf8JsonWriter json, LlmProviderInfo? info, ChatProviderException? problem)
    {
        json.WriteStartObject();
        json.WriteString("provider", info?.Provider);
        json.WriteString("model", info?.Model);
        json.WriteString("address", info?.Address?.AbsoluteUri);
        json.WriteString("modelPath", info?.ModelPath);
        json.WriteString("device", info?.Device);
        json.WriteBoolean("tokenConfigured", info?.TokenConfigured ?? false);
        json.WriteString("tokenSource", info?.TokenSource);
        json.WriteBoolean("useAuthToken", info?.UseAuthToken ?? true);
        json.WriteStartArray("settings");
        foreach (ResolvedSetting setting in info?.Settings ?? [])
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("value", setting.Value);
            json.WriteString("source", setting.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStrings("missing", [.. info?.Missing ?? []]);
        json.WriteString("error", problem?.Code);
        json.WriteString("message", problem?.Message);
        json.WriteStrings("advice", [.. problem?.Advice ?? []]);
        json.WriteEndObject();
    }

    private static string NameOf(ProviderAuthentication authentication) => authentication switch
    {
        ProviderAuthentication.BearerToken => "bearer_token",
        ProviderAuthentication.ApiKey => "api_key",
        ProviderAuthentication.Basic => "basic",
        _ => "none",
    };
}
