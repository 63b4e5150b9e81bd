using System.Net;

namespace Snug.TestKit.Tests;

/// <summary>Each fault of a connection or a head does what its name says, seen by a plain client.</summary>
public sealed class AnswerFaultTests(FaultyHub faulty) : IClassFixture<FaultyHub>, IDisposable
{
    private TestHub Hub => faulty.Hub;

    public void Dispose()
    {
        Hub.Faults.Clear();
        Hub.Requests.Clear();
    }

    [Fact]
    public async Task Without_faults_the_answers_are_right_and_the_log_tells_all()
    {
        using HttpResponseMessage small = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage large = await faulty.GetAsync(FaultyHub.Large, (10, 99_999));
        (byte[] smallBytes, _) = await FaultyHub.ReadAsync(small);
        (byte[] largeBytes, _) = await FaultyHub.ReadAsync(large);
        await Hub.Requests.SettleAsync(TestContext.Current.CancellationToken);

        Assert.Equal(FaultyHub.SmallSize, smallBytes.Length);
        Assert.Equal(faulty.LargeContent[10..100_000], largeBytes);
        RequestRecord[] records = Hub.Requests.Snapshot();
        Assert.Equal([HubListener.Endpoint, HubListener.Endpoint, HubListener.Storage], records.Select(r => r.Listener));
        Assert.Equal([200, 302, 206], records.Select(r => r.Status));
        Assert.Equal([null, "bytes=10-99999", "bytes=10-99999"], records.Select(r => r.Range));
        Assert.Equal((FaultyHub.SmallSize, 99_990), (records[0].BytesSent, records[2].BytesSent));
        Assert.Equal(99_990, records[2].RangeLength);
        Assert.All(records, r => Assert.True(r.IsWhole && !r.HasAuthorization && !r.HasToken, r.ToString()));
        Assert.Equal((2, 1, 0), (Hub.Requests.ResolveCount, Hub.Requests.StorageCount, Hub.Requests.ApiCount));
        Assert.NotEqual(Hub.Endpoint.Port, Hub.StorageEndpoint!.Port);
    }

    [Fact]
    public async Task A_refused_request_has_no_answer()
    {
        Hub.Faults.Add("*/config.json", Fault.Refuse());

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => faulty.GetAsync(FaultyHub.Small));

        Assert.Null(e.StatusCode);
        await Hub.Requests.SettleAsync(TestContext.Current.CancellationToken);
        Assert.All(Hub.Requests.Snapshot(), r => Assert.Equal((0, false), (r.Status, r.IsWhole)));
    }

    [Fact]
    public async Task A_stalled_head_never_comes()
    {
        Hub.Faults.Add("*/config.json", Fault.StallHeaders());

        Task<HttpResponseMessage> answer = faulty.GetAsync(FaultyHub.Small);

        Assert.NotSame(answer, await Task.WhenAny(answer, Task.Delay(300, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_slow_redirect_comes_after_its_delay()
    {
        Hub.Faults.Add("*/model.safetensors", Fault.SlowHeaders(TimeSpan.FromMilliseconds(200)));

        long started = TimeProvider.System.GetTimestamp();
        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large, followToStorage: false);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 195, 5000);
    }

    [Fact]
    public async Task A_redirect_loop_leads_to_itself()
    {
        Hub.Faults.Add("*/config.json", Fault.RedirectLoop());

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Small, followToStorage: false);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/" + FaultyHub.Small, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_wrong_entity_tag_is_sent_and_none_is_none()
    {
        Hub.Faults.Add("*/model.safetensors", Fault.ETag("\"other\""), times: 1);
        Hub.Faults.Add("*/config.json", Fault.ETag(null), times: 1);

        using HttpResponseMessage redirect = await faulty.GetAsync(FaultyHub.Large, followToStorage: false);
        using HttpResponseMessage small = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage again = await faulty.GetAsync(FaultyHub.Small);

        Assert.Equal("\"other\"", redirect.Headers.GetValues("X-Linked-Etag").Single());
        Assert.Null(small.Headers.ETag);
        Assert.NotNull(again.Headers.ETag);
    }

    [Fact]
    public async Task Without_ranges_the_whole_file_comes()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.IgnoreRange(), Listener = HubListener.Storage });

        using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Large, (5, 9));
        (byte[] bytes, _) = await FaultyHub.ReadAsync(response);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(response.Headers.AcceptRanges);
        Assert.Equal(faulty.LargeContent, bytes);
    }

    [Fact]
    public async Task A_wrong_content_range_names_other_bytes_than_are_sent()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.WrongContentRange(100), Listener = HubListener.Storage, Times = 1 });
        Hub.Faults.Add(new FaultRule { Fault = Fault.WrongTotal(1), Listener = HubListener.Storage });

        using HttpResponseMessage shifted = await faulty.GetAsync(FaultyHub.Large, (5, 9));
        using HttpResponseMessage longer = await faulty.GetAsync(FaultyHub.Large, (5, 9));

        Assert.Equal("bytes 105-109/1000000", shifted.Content.Headers.ContentRange!.ToString());
        Assert.Equal("bytes 5-9/1000001", longer.Content.Headers.ContentRange!.ToString());
        Assert.Equal(faulty.LargeContent[5..10], (await FaultyHub.ReadAsync(shifted)).Bytes);
    }

    [Fact]
    public async Task Errors_come_with_status_wait_and_quota()
    {
        Hub.Faults.Add("*", Fault.Status(503, "7"), times: 1);
        Hub.Faults.Add("*", Fault.TooManyRequests(retryAfterSeconds: 3), times: 1);
        Hub.Faults.Add("*", Fault.TooManyRequests(resetSeconds: 9), times: 1);
        Hub.Faults.Add("*", Fault.Quota(17, 60), times: 1);

        using HttpResponseMessage busy = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage limited = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage reset = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage announced = await faulty.GetAsync(FaultyHub.Small);
        using HttpResponseMessage right = await faulty.GetAsync(FaultyHub.Small);

        Assert.Equal((503, 7.0), ((int)busy.StatusCode, busy.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal((429, 3.0), ((int)limited.StatusCode, limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds));
        Assert.Equal((429, "\"api\";r=0;t=9"), ((int)reset.StatusCode, reset.Headers.GetValues("RateLimit").Single()));
        Assert.Null(reset.Headers.RetryAfter);
        Assert.Equal((200, "\"api\";r=17;t=60"), ((int)announced.StatusCode, announced.Headers.GetValues("RateLimit").Single()));
        Assert.NotEqual("\"api\";r=17;t=60", right.Headers.GetValues("RateLimit").Single());
    }

    [Fact]
    public async Task An_expired_address_is_refused_by_the_storage()
    {
        Hub.Faults.Add(new FaultRule { Fault = Fault.ExpireSignature(), Listener = HubListener.Storage, Times = 1 });

        using HttpResponseMessage expired = await faulty.GetAsync(FaultyHub.Large);
        using HttpResponseMessage renewed = await faulty.GetAsync(FaultyHub.Large);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (expired.StatusCode, renewed.StatusCode));
    }

    [Fact]
    public async Task A_captive_portal_answers_with_a_page()
    {
        Hub.Faults.Add("*", Fault.CaptivePortal());

        using HttpResponseMessage response = await faulty.GetAsync("api/models/org/model");

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task A_rule_counts_only_the_requests_that_it_is_for()
    {
        FaultRule rule = Hub.Faults.Add(new FaultRule
        {
            Fault = Fault.Status(500), Path = "*/config.json", Method = "GET", HasRange = true, Skip = 1, Times = 2,
        });
        List<int> statuses = [];
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage plain = await faulty.GetAsync(FaultyHub.Small);
            using HttpResponseMessage ranged = await faulty.GetAsync(FaultyHub.Small, (0, 9));
            Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
            statuses.Add((int)ranged.StatusCode);
        }

        Assert.Equal([206, 500, 500, 206, 206], statuses);
        Assert.Equal(2, rule.Hits);
        Assert.Equal(2, Hub.Requests.Snapshot().Count(r => r.Fault is not null));
    }

    [Fact]
    public async Task A_probability_decides_the_same_with_the_same_seed()
    {
        List<string> runs = [];
        for (int run = 0; run < 2; run++)
        {
            Hub.Faults.Clear();
            Hub.Faults.Add(new FaultRule { Fault = Fault.Status(500), Probability = 0.5, Seed = 42 });
            string run1 = "";
            for (int i = 0; i < 32; i++)
            {
                using HttpResponseMessage response = await faulty.GetAsync(FaultyHub.Small);
                run1 += response.IsSuccessStatusCode ? '.' : 'x';
            }

            runs.Add(run1);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(c => c == 'x'), 6, 26);
    }
}
