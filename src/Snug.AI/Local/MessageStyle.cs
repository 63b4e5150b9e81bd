namespace Snug.AI;

/// <summary>
/// How a conversation is put to a chat template. Templates agree on the names and not on the details; where one refuses or fails, the next
/// way is tried.
/// </summary>
/// <param name="EmptyContent">An answer that only calls tools has an empty text instead of none.</param>
/// <param name="TextArguments">Arguments of calls are JSON text instead of objects.</param>
/// <param name="ShortIds">Ids of calls have nine letters and digits, which is what Mistral's templates take.</param>
/// <param name="MergeSystem">What the system says is put before what the user says first.</param>
internal readonly record struct MessageStyle(bool EmptyContent, bool TextArguments, bool ShortIds, bool MergeSystem)
{
    /// <summary>The usual way, and what may stand in for it.</summary>
    public static IReadOnlyList<MessageStyle> All { get; } =
    [
        .. from merge in (bool[])[false, true]
           from ids in (bool[])[false, true]
           from text in (bool[])[false, true]
           from empty in (bool[])[false, true]
           select new MessageStyle(empty, text, ids, merge),
    ];
}
