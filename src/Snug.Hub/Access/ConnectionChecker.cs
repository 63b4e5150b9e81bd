using System.Text.Json;

namespace Snug.Hub;

/// <summary>Asks who the caller is: the answer, or its refusal, tells everything about the connection in one round trip.</summary>
internal sealed class ConnectionChecker(HubHttp http, TimeProvider time)
{
    private const int MaxAnswerLength = 4 * 1024 * 1024;

    public async Task<ConnectionReport> CheckAsync(HubSettings settings, CancellationToken cancellationToken)
    {
        ConnectionReport report = new() { Endpoint = settings.Endpoint, Proxy = FindProxy(settings.Endpoint) };
        DateTimeOffset? serverTime = null;
        DateTimeOffset localTime = default;
        TimeSpan? roundTrip = null;
        long start = time.GetTimestamp();
        HubRequest request = new()
        {
            Method = HttpMethod.Get,
            Uri = HubUrls.WhoAmI(settings.Endpoint),
            Context = new RequestContext("asking who you are at"),
            Settings = settings,
            Observe = message =>
            {
                roundTrip = time.GetElapsedTime(start);
                localTime = time.GetUtcNow();
                serverTime = message.Headers.Date;
            },
        };
        try
        {
            HubIdentity? identity = await http.SendAsync(request, response => ReadAsync(response, settings, cancellationToken), cancellationToken).ConfigureAwait(false);
            report = report with
            {
                IsReachable = true,
                Identity = identity,
            };
        }
        catch (HubException e) when (e.StatusCode is 401 && settings.Token is null)
        {
            report = report with { IsReachable = true };
        }
        catch (HubException e) when (e.StatusCode is 404 or 405 or 501)
        {
            // A mirror without accounts.
            report = report with { IsReachable = true };
        }
        catch (HubException e)
        {
            report = report with
            {
                IsReachable = e.StatusCode is not (null or 407),
                TokenProblem = e.Kind == HubErrorKind.InvalidToken ? e.Access : null,
                ErrorKind = e.Kind,
                Message = e.Message,
                Advice = e.Advice,
            };
        }

        return report with { RoundTrip = roundTrip, ClockSkew = serverTime is { } theirs ? localTime - theirs : null };
    }

    private async Task<HubIdentity?> ReadAsync(HubResponse response, HubSettings settings, CancellationToken cancellationToken)
    {
        Stream body = await response.Message.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using BoundedStream bounded = new(body, MaxAnswerLength, settings.IdleTimeout, http.Usage.For(settings));
        try
        {
            using JsonDocument answer = await JsonDocument.ParseAsync(bounded, HubJson.Options, cancellationToken).ConfigureAwait(false);
            return WhoAmIJson.Read(answer.RootElement);
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException or TimeoutException)
        {
            // It answered, which is what was asked; that it is no Hub shows with the first repository.
            return null;
        }
    }

    private static Uri? FindProxy(Uri endpoint) => HttpClient.DefaultProxy.IsBypassed(endpoint) || HttpClient.DefaultProxy.GetProxy(endpoint) is not { } proxy
        ? null
        : new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;
}
