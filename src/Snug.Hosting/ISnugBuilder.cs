using Microsoft.Extensions.DependencyInjection;

namespace Snug.Hosting;

/// <summary>What <c>AddSnug</c> returns: models are added to it.</summary>
public interface ISnugBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }

    /// <summary>
    /// The HTTP client of the Hub, to add handlers to. Its primary handler must not follow redirects and must not decompress; retries are
    /// the Hub client's own.
    /// </summary>
    IHttpClientBuilder HttpClient { get; }
}
