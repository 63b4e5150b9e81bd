namespace Snug.TestKit.Killer;

/// <summary>Counts the bytes of file content as the client takes them.</summary>
internal sealed class CountingHandler(TransferCounters counters, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode && !request.RequestUri!.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal))
        {
            HttpContent original = response.Content;
            response.Content = new StreamContent(new CountingStream(counters, await original.ReadAsStreamAsync(cancellationToken)));
            foreach ((string name, IEnumerable<string> values) in original.Headers)
            {
                response.Content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return response;
    }
}
