using Microsoft.Extensions.AI;
using Snug.Pretrained;

namespace Snug.AI;

/// <summary>A model that was loaded into this process.</summary>
/// <param name="Client">The client that runs it; whoever asked for the model disposes of it.</param>
/// <param name="Source">Where it came from, if that is known.</param>
public sealed record LocalModel(IChatClient Client, PretrainedSource? Source = null);
