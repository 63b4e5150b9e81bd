namespace Snug.AI;

/// <summary>
/// How a conversation is put to a chat template. Templates agree on the names and not on the details; where one refuses or fails, the next
/// way is tried.
/// </summary>
/// <param name="EmptyContent">An answer that only calls tools has an empty text instead of none.</param>
/// <param name="TextArguments">Arguments of calls are JSON text instead of objects.</param>
/// <param name="ShortIds">Ids of calls have nine letters and digits, which is what Mistral's templates take.</param>
/// <param name="OneCall">An answer with several calls becomes several answers, each with its result.</param>
/// <param name="MergeSystem">What the system says is put before what the user says first.</param>
internal readonly record struct MessageStyle(bool EmptyContent, bool TextArguments, bool ShortIds, bool OneCall, bool MergeSystem)
{
    private static readonly bool[] Either = [false, true];

    /// <summary>The ways for a template, the usual ones first.</summary>
    public static IEnumerable<MessageStyle> For(string template)
    {
        // Some templates write "None" for a missing text, others know by it that there are only calls.
        bool knowsNone = template.Contains("is none", StringComparison.OrdinalIgnoreCase) || template.Contains("is not none", StringComparison.OrdinalIgnoreCase);
        return from merge in Either
               from one in Either
               from ids in Either
               from text in Either
               from other in Either
               select new MessageStyle(other == knowsNone, text, ids, one, merge);
    }
}
