using System.Text.Json;

namespace Snug.Cli;

/// <summary>How far a project is, as it is printed.</summary>
internal sealed class ProjectStatus(ProjectSession session, IReadOnlyList<StageStatus> stages, IReadOnlyList<ModelStatus> models)
{
    /// <summary>The worst of all, which decides what is said of the whole.</summary>
    public ItemState State => stages.Select(s => s.State).Concat(models.Select(m => m.State)).DefaultIfEmpty(ItemState.Done).Max();

    public IEnumerable<ModelStatus> Deferred => models.Where(m => m.State == ItemState.Deferred);

    /// <summary>What a script is told: the first failed stage, else the first model that cannot be had; what can wait is no failure.</summary>
    public int ExitCode => stages.Any(s => s.State == ItemState.Failed)
        ? ExitCodes.Unexpected
        : models.FirstOrDefault(m => m.State == ItemState.Blocked)?.Failure?.ExitCode ?? ExitCodes.Done;

    public void Write()
    {
        if (session.Invocation.IsJson)
        {
            session.Invocation.WriteJson(WriteJson);
            return;
        }

        Table table = new(new("WHAT"), new("NAME"), new("STATE"), new("TOKEN"), new("DETAIL", MayWrap: true));
        foreach (StageStatus stage in stages)
        {
            table.Add("stage", stage.Stage.Name, NameOf(stage.State), NameOf(stage.Stage.Token), stage.Reason);
        }

        foreach (ModelStatus model in models)
        {
            table.Add("model", model.Model.Name, NameOf(model.State), NeedOf(model), Describe(model));
        }

        table.Write(session.Invocation.Console);
    }

    /// <summary>Says what the table means, and what to do.</summary>
    public void Conclude()
    {
        Messages messages = session.Messages;
        foreach (ModelStatus model in models.Where(m => m.Failure is not null))
        {
            messages.Say(Text.Printable($"{model.Model.Name}: {NameOf(model.State)}"));
            messages.Number(model.Failure!.Advice);
        }

        switch (State)
        {
            case ItemState.Done:
                messages.Done("Everything is in place.");
                break;
            case ItemState.Todo:
                messages.Say("Run 'snug setup' to do what is left.");
                break;
            case ItemState.Deferred:
                messages.Say("What is deferred waits for a token or for access; nothing else is in the way.");
                break;
            default:
                messages.Say("Mend what failed or is blocked, then run 'snug setup' again: what is done is not done twice.");
                break;
        }
    }

    public static string NameOf(ItemState state) => state switch
    {
        ItemState.Done => "done",
        ItemState.Todo => "todo",
        ItemState.Deferred => "deferred",
        ItemState.Failed => "failed",
        _ => "blocked",
    };

    public static string NameOf(TokenNeed need) => need switch
    {
        TokenNeed.None => "none",
        TokenNeed.Optional => "optional",
        _ => "required",
    };

    /// <summary>Whether a model needs a token, as far as is known: present ones need none any more.</summary>
    private static string NeedOf(ModelStatus model) => model.State == ItemState.Done ? "none"
        : model.Gate is Hub.GatedMode.Auto or Hub.GatedMode.Manual || model.State == ItemState.Deferred ? "required"
        : "none";

    private static string? Describe(ModelStatus model) => model switch
    {
        { State: ItemState.Deferred, Failure: { } failure } => $"{failure.Message} It will be downloaded when used.",
        { Failure: { } failure } => failure.Message,
        { State: ItemState.Todo, MissingBytes: { } bytes } => $"{Text.Size(bytes)} to download",
        _ => null,
    };

    private void WriteJson(Utf8JsonWriter json)
    {
        json.WriteString("project", session.Manifest.Name);
        json.WriteString("path", session.Manifest.Folder);
        json.WriteString("state", NameOf(State));
        json.WriteNumber("exitCode", ExitCode);
        json.WriteStartObject("token");
        json.WriteBoolean("configured", session.HasToken);
        json.WriteString("masked", session.Settings.Token?.Masked);
        json.WriteString("source", session.Settings.TokenSource);
        json.WriteEndObject();
        json.WriteStartArray("stages");
        foreach (StageStatus stage in stages)
        {
            json.WriteStartObject();
            json.WriteString("name", stage.Stage.Name);
            json.WriteString("title", stage.Stage.Title);
            json.WriteString("state", NameOf(stage.State));
            json.WriteString("token", NameOf(stage.Stage.Token));
            json.WriteBoolean("deferred", stage.State == ItemState.Deferred);
            json.WriteString("reason", stage.Reason);
            json.WriteTime("finishedAt", stage.Record?.FinishedAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("models");
        foreach (ModelStatus model in models)
        {
            json.WriteStartObject();
            WriteJson(json, model);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteJson(Utf8JsonWriter json, ModelStatus model)
    {
        json.WriteString("repository", model.Model.Repository.ToString());
        json.WriteString("revision", model.Model.Revision ?? Hub.Revisions.Default);
        json.WriteString("directory", model.Model.Directory);
        json.WriteString("state", NameOf(model.State));
        json.WriteString("token", NeedOf(model));
        json.WriteBoolean("deferred", model.State == ItemState.Deferred);
        json.WriteString("commit", model.Commit);
        if (model.MissingBytes is { } bytes)
        {
            json.WriteNumber("missingBytes", bytes);
        }
        else
        {
            json.WriteNull("missingBytes");
        }

        if (model.Failure is { } failure)
        {
            json.WriteStartObject("error");
            failure.Write(json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("error");
        }
    }
}
