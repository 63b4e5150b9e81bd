namespace Snug.AI;

/// <summary>Loads a model into this process. It is called when the model is first used, and again after a failure.</summary>
/// <param name="request">Which model, and how it is fetched and loaded; the token is part of it.</param>
/// <param name="cancellationToken">Cancels the call.</param>
public delegate Task<LocalModel> LocalModelLoader(LocalModelRequest request, CancellationToken cancellationToken);
