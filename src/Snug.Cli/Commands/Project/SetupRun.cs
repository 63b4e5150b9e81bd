namespace Snug.Cli;

/// <summary>One set-up of a project: the stages in order, then the models.</summary>
internal sealed class SetupRun(ProjectSession session, bool force)
{
    private readonly List<StageStatus> _stages = [];
    private readonly Dictionary<ManifestModel, ModelStatus> _models = [];
    private Failure? _failure;

    private ProjectManifest Manifest => session.Manifest;

    private Messages Messages => session.Messages;

    /// <summary>Does what is left to do.</summary>
    /// <returns>How far the project is then.</returns>
    public async Task<ProjectStatus> RunAsync(CancellationToken cancellationToken)
    {
        Announce();
        CheckAuthentication();
        foreach (ManifestStage stage in Manifest.Stages)
        {
            _stages.Add(_failure is null ? await RunAsync(stage, cancellationToken) : session.StatusOf(stage));
        }

        if (_failure is null)
        {
            await FetchAsync(Manifest.Models, cancellationToken);
        }
        else
        {
            await LookAtRestAsync(cancellationToken);
        }

        return new ProjectStatus(session, _stages, [.. Manifest.Models.Select(m => _models[m])]);
    }

    /// <summary>Ends with the truth about what is there and what is not.</summary>
    /// <returns>The exit code.</returns>
    public int Conclude(ProjectStatus status, bool failsOnMissing)
    {
        if (_failure is not null)
        {
            Messages.Fail(_failure);
            return _failure.ExitCode;
        }

        if (_models.Values.FirstOrDefault(m => m.State == ItemState.Blocked) is { Failure: { } blocked })
        {
            Messages.Say("Set-up is not complete: mend what is blocked, then run 'snug setup' again. What is done is not done twice.");
            return blocked.ExitCode;
        }

        string[] waiting = [.. status.Deferred.Select(m => m.Model.Name)];
        string[] stages = [.. _stages.Where(s => s.State == ItemState.Deferred).Select(s => s.Stage.Name)];
        if (waiting.Length == 0 && stages.Length == 0)
        {
            Messages.Done("Set-up is complete: everything is in place.");
            return ExitCodes.Done;
        }

        if (failsOnMissing)
        {
            Messages.Say($"Set-up is not complete, and --on-missing-auth says that this is a failure: {string.Join(", ", stages.Concat(waiting))}.");
            return status.Deferred.FirstOrDefault()?.Failure?.ExitCode ?? ExitCodes.Token;
        }

        Messages.Done("Set-up is complete but for what waits for access.");
        if (waiting.Length > 0)
        {
            Messages.Say($"Not pre-downloaded; will be downloaded when used: {string.Join(", ", waiting)}.");
        }

        if (stages.Length > 0)
        {
            Messages.Say($"Not run; run 'snug setup' again once there is a token: {string.Join(", ", stages)}.");
        }

        if (!session.HasToken)
        {
            Messages.Say($"The token is not needed for set-up, but essential for training. Get it now: {Links.TokensPage(session.Settings.Endpoint)}");
        }

        return ExitCodes.Done;
    }

    private void Announce()
    {
        Messages.Step($"Setting up {Text.Printable(Manifest.Name)}");
        int number = 0;
        foreach (ManifestStage stage in Manifest.Stages)
        {
            string need = stage.Token switch { TokenNeed.None => "no", TokenNeed.Optional => "optional", _ => "yes" };
            Messages.Hint($"  {++number}. {Text.Printable(stage.Title)} (needs token: {need})");
        }

        if (Manifest.Models.Count > 0)
        {
            Messages.Hint($"  {++number}. Download of {Text.Count(Manifest.Models.Count, "model")} (needs token: only if gated or private)");
        }
    }

    private void CheckAuthentication()
    {
        Messages.Step("Checking HuggingFace authentication");
        if (session.Settings.Token is { } token)
        {
            Messages.Done($"HuggingFace token configured: {token.Masked} from {Text.Printable(session.Settings.TokenSource ?? "")}.");
            return;
        }

        string example = Manifest.Models.Count > 0 ? $", {Manifest.Models[0].Repository} for example," : "";
        Messages.Warn($"HuggingFace authentication is not configured (HF_TOKEN not provided). Some models{example} may need it.");
        Messages.Number(
        [
            $"Get a token with read permission: {Links.TokensPage(session.Settings.Endpoint)}",
            "Run 'snug login' and paste it; or set the variable: export HF_TOKEN=hf_...",
        ]);
    }

    private async Task<StageStatus> RunAsync(ManifestStage stage, CancellationToken cancellationToken)
    {
        Messages.Step(Text.Printable(stage.Title));
        StageStatus status = session.StatusOf(stage);
        if (status.State == ItemState.Done && !force)
        {
            Messages.Done("Already done.");
            return status;
        }

        if (status.State == ItemState.Deferred)
        {
            return Defer(status);
        }

        await FetchAsync(stage.Models, cancellationToken);
        if (stage.Models.Select(m => _models[m]).FirstOrDefault(m => m.State != ItemState.Done) is { } missing)
        {
            return Defer(status with { State = ItemState.Deferred, Reason = $"it needs {missing.Model.Name}" });
        }

        return await ExecuteAsync(stage, cancellationToken);
    }

    private StageStatus Defer(StageStatus status)
    {
        Messages.Warn($"Skipping this stage: {status.Reason}. Run 'snug setup' again afterwards.");
        return status;
    }

    private async Task<StageStatus> ExecuteAsync(ManifestStage stage, CancellationToken cancellationToken)
    {
        session.Memory.Forget(stage);
        long start = session.Invocation.Console.Time.GetTimestamp();
        string fingerprint = StageFingerprint.Compute(stage, Manifest.Folder);
        int code = 0;
        foreach (string command in stage.Commands)
        {
            Messages.Hint($"$ {Text.Printable(command)}");
            (code, bool wasAskedToEnd) = await ChildProcess.RunAsync(
                ChildProcess.Shell(command, Manifest.Folder),
                start => ChildEnvironment.Apply(start, session.Settings, withToken: stage.Token != TokenNeed.None),
                session.Invocation.Console,
                keepOutFree: session.Invocation.IsJson);
            if (wasAskedToEnd)
            {
                // The command has ended of the signal; our own handler of it may still be on its way.
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (code != 0)
            {
                break;
            }
        }

        TimeSpan time = session.Invocation.Console.Time.GetElapsedTime(start);
        StageRecord record = new(fingerprint, code, session.Invocation.Console.Time.GetUtcNow(), time.TotalSeconds);
        session.Memory.Put(stage, record);
        StageStatus status = session.StatusOf(stage);
        if (status.State == ItemState.Done)
        {
            Messages.Done($"Done in {Text.Duration(time)}.");
            return status;
        }

        string what = code != 0 ? $"its command ended with {code}" : $"its commands ended, but {status.Reason}";
        _failure = new Failure(
            ExitCodes.Unexpected,
            "stage_failed",
            $"The stage '{stage.Name}' failed: {what}.",
            ["Read what it printed above, and mend it.", "Run 'snug setup' again: the stages before it are not run twice."]);
        return status with { State = ItemState.Failed };
    }

    private async Task FetchAsync(IReadOnlyList<ManifestModel> models, CancellationToken cancellationToken)
    {
        ManifestModel[] open = [.. models.Where(m => !_models.ContainsKey(m))];
        if (open.Length == 0)
        {
            return;
        }

        foreach (ModelStatus status in await session.StatusOfAsync(open, cancellationToken))
        {
            string name = status.Model.Name;
            Messages.Step($"Attempting to download the model {name}");
            if (status.State == ItemState.Done)
            {
                Messages.Done($"{name} is present, at commit {Text.ShortCommit(status.Commit ?? "")}.");
            }

            ModelStatus end = status.State == ItemState.Todo ? await session.FetchAsync(status, silentWhenPresent: false, cancellationToken) : status;
            _models[status.Model] = end;
            Report(end);
        }
    }

    private void Report(ModelStatus status)
    {
        if (status is { State: ItemState.Deferred, Failure: { } failure })
        {
            string why = session.HasToken ? "" : " (authentication not configured)";
            Messages.Warn(Text.Printable($"Skipping {status.Model.Name}{why}: {failure.Message} It will be downloaded when used."));
            Messages.Number(failure.Advice);
        }
        else if (status.Failure is { } blocked)
        {
            Messages.Fail(blocked);
        }
    }

    /// <summary>After a failure nothing more is done, but what is there is told.</summary>
    private async Task LookAtRestAsync(CancellationToken cancellationToken)
    {
        ManifestModel[] open = [.. Manifest.Models.Where(m => !_models.ContainsKey(m))];
        foreach (ModelStatus status in await session.StatusOfAsync(open, cancellationToken))
        {
            _models[status.Model] = status;
        }
    }
}
