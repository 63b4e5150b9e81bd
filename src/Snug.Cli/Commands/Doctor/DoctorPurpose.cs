namespace Snug.Cli;

/// <summary>What a diagnosis is for, which decides what is a failure.</summary>
internal enum DoctorPurpose
{
    /// <summary>The repositories are to be used: those that cannot be had are failures.</summary>
    Use,

    /// <summary>A set-up is to run: what may wait until the models are used is a warning.</summary>
    Setup,

    /// <summary>A long job is to start: whatever could stop it in its middle is a failure.</summary>
    Training,
}
