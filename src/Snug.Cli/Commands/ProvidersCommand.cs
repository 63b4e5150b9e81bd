using Snug.Hub;

namespace Snug.Cli;

/// <summary><c>snug providers</c>: where models come from.</summary>
internal sealed class ProvidersCommand : SnugCommand
{
    public ProvidersCommand(CliConsole console, CommonOptions common)
        : base("providers", "List where models come from, and whether authentication is required there.", console, common) =>
        AddAll(common.Token, common.Json);

    protected override Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        using HubClient hub = invocation.CreateHub();
        ModelProvider[] providers = [new HuggingFaceProvider(hub)];
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
            });
            return Task.FromResult(ExitCodes.Done);
        }

        Table table = new(new("ID"), new("NAME"), new("AUTHENTICATION"), new("REQUIRED"), new("CONFIGURED"));
        foreach (ModelProvider provider in providers)
        {
            ProviderDescriptor descriptor = provider.Descriptor;
            table.Add(
                descriptor.Id, descriptor.Name, NameOf(descriptor.Authentication), descriptor.RequiresAuth ? "yes" : "no", provider.IsAuthenticated ? "yes" : "no");
        }

        table.Write(invocation.Console);
        return Task.FromResult(ExitCodes.Done);
    }

    private static string NameOf(ProviderAuthentication authentication) => authentication switch
    {
        ProviderAuthentication.BearerToken => "bearer_token",
        ProviderAuthentication.ApiKey => "api_key",
        ProviderAuthentication.Basic => "basic",
        _ => "none",
    };
}
