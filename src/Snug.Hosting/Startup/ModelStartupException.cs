namespace Snug.Hosting;

/// <summary>
/// Models that must be ready before the application takes traffic could not be had; the host does not start. The message says what
/// happened to each and what to do next. It prints without a stack trace, for it is no fault of the program.
/// </summary>
public sealed class ModelStartupException : Exception
{
    internal ModelStartupException(IReadOnlyList<ModelStatus> failures, int models)
        : base(Describe(failures, models), failures[0].Failure)
    {
        Failures = failures;
        ExitCode = StartupExitCodes.For(failures[0].Failure!);
    }

    /// <summary>The models that could not be had, in the order of their registration.</summary>
    public IReadOnlyList<ModelStatus> Failures { get; }

    /// <summary>The exit code for a program that ends with this: that of <c>snug</c> for the first failure, 3 to 9, or 1.</summary>
    public int ExitCode { get; }

    /// <summary>Type and message.</summary>
    public override string ToString() => $"{typeof(ModelStartupException).FullName}: {Message}";

    private static string Describe(IReadOnlyList<ModelStatus> failures, int models) =>
        $"{failures.Count} of {models} models could not be made ready; the application does not start.\n"
        + string.Join('\n', failures.Select(status => $"{status.Name} ({status.FailureCode}): {FailureText.Of(status.Failure!)}"));
}
