namespace Snug.Bench;

/// <summary>Tokens a second of one program on one model.</summary>
/// <param name="Program">Which.</param>
/// <param name="Model">Shape and type.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="Test">What was done: <c>prompt</c>, or <c>decode</c> with its depth.</param>
/// <param name="TokensPerSecond">How fast.</param>
internal sealed record Speed(string Program, string Model, int Threads, string Test, double TokensPerSecond);
