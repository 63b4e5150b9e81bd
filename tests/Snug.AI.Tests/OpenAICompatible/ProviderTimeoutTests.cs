using Microsoft.Extensions.AI;
using Snug.TestKit;

namespace Snug.AI.Tests;

/// <summary>Limits of time, each by its name, on a clock that the test moves.</summary>
public sealed class ProviderTimeoutTests
{
    [Fact]
    public async Task An_answer_that_does_not_begin_runs_out_of_its_time()
    {
        ManualTime time = new();
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(options => options with { HeaderTimeout = TimeSpan.FromSeconds(90) }, time, ScriptedServer.Stall(reached));

        Task<ChatResponse> asking = chat.AskAsync();
        await reached.Task;
        time.Advance(TimeSpan.FromSeconds(91));

        Check(await Assert.ThrowsAsync<ChatProviderException>(() => asking), ChatProviderTimeout.Headers, "90 s");
    }

    [Fact]
    public async Task A_stream_that_falls_silent_runs_out_of_its_time()
    {
        ManualTime time = new();
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(
            options => options with { IdleTimeout = TimeSpan.FromSeconds(60) }, time, ScriptedServer.Stall(reached, $"data: {Replies.Text("half")}\n\n"));
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            chat.Client.GetStreamingResponseAsync("hi", null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await updates.MoveNextAsync());

        Task<bool> next = updates.MoveNextAsync().AsTask();
        await WaitForTimerAsync(time);
        time.Advance(TimeSpan.FromSeconds(61));

        Check(await Assert.ThrowsAsync<ChatProviderException>(() => next), ChatProviderTimeout.Idle, "60 s");
    }

    [Fact]
    public async Task Silence_after_the_reason_to_finish_is_waited_out_shortly_and_is_no_error()
    {
        ManualTime time = new();
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(options => options, time, ScriptedServer.Stall(reached, $"data: {Replies.Text("whole", "stop")}\n\n"));
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            chat.Client.GetStreamingResponseAsync("hi", null, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("whole", updates.Current.Text);

        Task<bool> next = updates.MoveNextAsync().AsTask();
        await WaitForTimerAsync(time);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await next);
        Assert.Equal(ChatFinishReason.Stop, updates.Current.FinishReason);
    }

    [Fact]
    public async Task The_limit_of_a_client_that_was_passed_in_is_told_by_its_own_name()
    {
        using HttpClient http = new(new WaitingHandler()) { Timeout = TimeSpan.FromMilliseconds(20) };
        using OpenAICompatibleChatClient client = new(new() { BaseAddress = new("http://localhost:1/v1"), Model = "m" }, http);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, TestContext.Current.CancellationToken));

        Check(e, ChatProviderTimeout.HttpClient, "HttpClient.Timeout");
        Assert.Contains("InfiniteTimeSpan", e.Advice[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_does_not_stand_is_told_by_its_own_name()
    {
        using SocketsHttpHandler handler = new()
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return Stream.Null;
            },
        };
        using HttpClient http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using OpenAICompatibleChatClient client = new(new() { BaseAddress = new("http://localhost:1/v1"), Model = "m" }, http);

        ChatProviderException e = await Assert.ThrowsAsync<ChatProviderException>(() => client.GetResponseAsync("hi", null, TestContext.Current.CancellationToken));

        Check(e, ChatProviderTimeout.Connect, "The connect timeout ran out");
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_ends_as_cancelled_and_the_server_learns_it()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(async context =>
        {
            await ScriptedServer.Stall(reached, $"data: {Replies.Text("half")}\n\n")(context);
            gone.TrySetResult();
        });
        using CancellationTokenSource source = new();
        List<string> texts = [];

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in chat.Client.GetStreamingResponseAsync("hi", null, source.Token))
            {
                texts.Add(update.Text);
                await source.CancelAsync();
            }
        });

        await gone.Task;
        Assert.Equal(["half"], texts);
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_ends_as_cancelled_and_not_as_a_timeout()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RemoteChat chat = await RemoteChat.StartAsync(ScriptedServer.Stall(reached));
        using CancellationTokenSource source = new();

        Task<ChatResponse> asking = chat.Client.GetResponseAsync("hi", null, source.Token);
        await reached.Task;
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private static void Check(ChatProviderException e, ChatProviderTimeout which, string words)
    {
        Assert.Equal(ChatProviderErrorKind.Timeout, e.Kind);
        Assert.Equal(which, e.Timeout);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.IsType<TimeoutException>(e.InnerException);
    }

    private static async Task WaitForTimerAsync(ManualTime time)
    {
        while (time.WaitingTimers == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private sealed class WaitingHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("Nobody waits so long.");
        }
    }
}
