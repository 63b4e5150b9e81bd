using Snug.Hub;

namespace Snug.Hosting;

/// <summary>Makes clients of the Hub with the HTTP client, the logger and the clock of the application.</summary>
internal delegate HubClient HubClientFactory(HubClientOptions options);
