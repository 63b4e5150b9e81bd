namespace Snug.Cli;

/// <summary>A diagnosis for people. Marks are words where the output has no colour.</summary>
internal static class DoctorText
{
    public static void Write(CliConsole console, DoctorOutcome outcome)
    {
        TextWriter output = console.Out;
        bool marks = console.DecoratesOut && console.HasUnicode;
        foreach (DoctorSection section in outcome.Sections)
        {
            output.WriteLine(marks ? $"▶ {Ansi.Style(true, Ansi.Bold, section.Title)}" : $"{section.Title}:");
            foreach (DoctorCheck check in section.Checks)
            {
                output.WriteLine($"  {Mark(check.Status, marks, console.DecoratesOut)} {Text.Printable(check.Subject)}: {Text.Printable(check.Detail)}");
                for (int i = 0; i < check.Advice.Count; i++)
                {
                    output.WriteLine($"      {i + 1}. {Text.Printable(check.Advice[i])}");
                }
            }
        }

        if (TimeEstimate.Describe(outcome.Facts) is { } estimate)
        {
            output.WriteLine();
            output.WriteLine(estimate);
        }

        if (TimeComparison.Of(outcome.Facts) is { } comparison)
        {
            output.WriteLine();
            comparison.Write(output);
        }

        WriteDeploy(output, outcome.Deploy);
        WriteSteps(output, outcome, marks);
        output.WriteLine();
        output.WriteLine(Conclusion(outcome));
        output.Flush();
    }

    private static void WriteDeploy(TextWriter output, IReadOnlyList<DeployItem> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Authenticate BEFORE the set-up: an account, a token, the terms of every gated model. Then 'snug login', then 'snug setup'.");
        output.WriteLine("Before the deployment ([x] found done, [ ] not done, [?] for you to tell):");
        foreach (DeployItem item in items)
        {
            output.WriteLine($"  [{(item.IsDone switch { true => "x", false => " ", _ => "?" })}] {item.Text}");
        }
    }

    private static void WriteSteps(TextWriter output, DoctorOutcome outcome, bool marks)
    {
        output.WriteLine();
        output.WriteLine("The way to a running job, in this order:");
        foreach (DoctorStep step in outcome.Steps)
        {
            string mark = step.State switch
            {
                StepState.Done => marks ? "✅" : "[done]",
                StepState.NotNeeded => marks ? "· " : "[not needed]",
                StepState.Current => marks ? "▶ " : "[you are here]",
                _ => marks ? "  " : "[to do]",
            };
            output.WriteLine($"  {step.Number}. {mark} {step.Title}");
        }
    }

    private static string Conclusion(DoctorOutcome outcome)
    {
        string warnings = outcome.Warnings > 0 ? $"; {Text.Count(outcome.Warnings, "warning")} above" : "";
        if (outcome.Failures > 0)
        {
            return $"{Text.Count(outcome.Failures, "failure")}{warnings}: mend the first one first.";
        }

        int deferred = outcome.Facts.Reports.Count(r => !r.IsReadable && r.Cached is not { IsWhole: true });
        return deferred > 0
            ? $"Nothing stands in the way of the set-up{warnings}. {Text.Count(deferred, "model")} will be downloaded when used: the token is not needed for set-up, "
                + "but essential for training. Get it now."
            : $"Nothing stands in the way{warnings}.";
    }

    private static string Mark(CheckStatus status, bool marks, bool decorate) => status switch
    {
        CheckStatus.Ok => marks ? "✅" : "ok:",
        CheckStatus.Warning => marks ? "⚠️ " : Ansi.Style(decorate, Ansi.Yellow, "warning:"),
        CheckStatus.Failed => marks ? "❌" : Ansi.Style(decorate, Ansi.Red, "failed:"),
        _ => marks ? "· " : "skipped:",
    };
}
