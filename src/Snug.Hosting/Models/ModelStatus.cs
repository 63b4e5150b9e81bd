using Snug.Hub;
using Snug.Inference;
using Snug.Tokenizers;

namespace Snug.Hosting;

/// <summary>How far a model is, at one moment.</summary>
public sealed record ModelStatus
{
    /// <summary>The name to ask for it by.</summary>
    public required string Name { get; init; }

    /// <summary>Its repository.</summary>
    public required RepositoryId Repository { get; init; }

    /// <summary>The revision that is wanted.</summary>
    public required string Revision { get; init; }

    /// <summary>When it is made ready.</summary>
    public required ModelStartMode Mode { get; init; }

    /// <summary>How far it is.</summary>
    public required ModelState State { get; init; }

    /// <summary>Bytes that are present, zero before the plan is made.</summary>
    public long BytesDone { get; init; }

    /// <summary>Bytes of all files wanted, zero before the plan is made.</summary>
    public long BytesTotal { get; init; }

    /// <summary>How much is done, in percent; 100 only when it is ready.</summary>
    public int Percentage =>
        State == ModelState.Ready ? 100 : BytesTotal == 0 ? 0 : (int)Math.Clamp(BytesDone * 100.0 / BytesTotal, 0, 99);

    /// <summary>Its files, once it is ready.</summary>
    public CachedSnapshot? Snapshot { get; init; }

    /// <summary>Why it could not be had, when it has failed: a <see cref="HubException"/> with advice, unless something unforeseen happened.</summary>
    public Exception? Failure { get; init; }

    /// <summary>
    /// The stable code of <see cref="Failure"/>: <c>gated_repo_error</c>, <c>network_unreachable</c>, …; <c>model_format_error</c> and
    /// <c>tokenizer_error</c> where a repository has nothing that its client can load; <c>unexpected</c> for all else.
    /// </summary>
    public string? FailureCode => Failure switch
    {
        null => null,
        HubException e => e.Code,
        ModelFormatException => "model_format_error",
        TokenizerException => "tokenizer_error",
        _ => "unexpected",
    };

    /// <summary>From when on a failed model is tried again.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
