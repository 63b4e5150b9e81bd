using Microsoft.Extensions.DependencyInjection;

namespace Snug.Hosting;

internal sealed class SnugBuilder(IServiceCollection services, IHttpClientBuilder http) : ISnugBuilder
{
    public IServiceCollection Services => services;

    public IHttpClientBuilder HttpClient => http;
}
