using System.Reflection;
using Microsoft.Extensions.Time.Testing;

namespace Vigil.Gateway.Tests.Client;

/// <summary>What a handle does by itself, over a client that fails. Tests run off xunit's context, so that what a timer sets off has happened when the clock returns.</summary>
public sealed class ExecutionHandleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue<Func<Execution>> _answers = [];

    private ExecutionHandle Handle => new(FakeClient.Over(_ => _answers.Dequeue()()), "e", time: _time);

    [Fact]
    public Task Wait_OverFailuresAndTimeouts_GoesOnToTheEnd() => Task.Run(async () =>
    {
        _answers.Enqueue(() => throw new VigilUnavailableException("No silo answered."));
        _answers.Enqueue(() => Running(1));
        _answers.Enqueue(() => throw new VigilUnavailableException("No silo answered."));
        _answers.Enqueue(() => Running(2) with { Status = ExecutionStatus.Succeeded });

        var wait = Handle.WaitAsync();
        while (!wait.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(ExecutionStatus.Succeeded, (await wait).Status);
        Assert.Empty(_answers);
    });

    /// <summary>A gateway or an app that is about to stop answers every wait at once.</summary>
    [Fact]
    public Task Wait_AnsweredTooSoon_IsNotRepeatedAtOnce() => Task.Run(async () =>
    {
        _answers.Enqueue(() => Running(1));
        _answers.Enqueue(() => Running(1) with { Status = ExecutionStatus.Succeeded });

        var wait = Handle.WaitAsync();
        Assert.Single(_answers);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await wait).Terminal);
    });

    [Fact]
    public async Task Wait_ForWhatWillNeverBe_EndsAtOnce()
    {
        _answers.Enqueue(() => throw new ExecutionNotFoundException("e"));
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => Handle.WaitAsync());

        _answers.Enqueue(() => throw new RequestRefusedException("forbidden", "The key has no scope for it."));
        await Assert.ThrowsAsync<RequestRefusedException>(() => Handle.WaitAsync());
    }

    [Theory]
    [InlineData(null, false, "there is no output")]
    [InlineData("""{"n":1}""", true, "truncated")]
    [InlineData("""{"n":"one"}""", false, "cannot be read as Result")]
    public async Task Result_OfAnOutputThatCannotBeRead_SaysWhy(string? output, bool truncated, string says)
    {
        _answers.Enqueue(() => Running(1) with { Status = ExecutionStatus.Succeeded, Output = output, OutputTruncated = truncated });

        var error = await Assert.ThrowsAsync<ExecutionOutputException>(() => Handle.GetResultAsync<Result>());

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_OfAnotherType_NamesItAsCSharpDoes()
    {
        _answers.Enqueue(() => Running(1) with { Status = ExecutionStatus.Succeeded, Output = """{"n":1}""" });

        var error = await Assert.ThrowsAsync<ExecutionOutputException>(() => Handle.GetResultAsync<Dictionary<string, List<Result[]>[]>>());

        Assert.Contains("cannot be read as Dictionary<String, List<Result[]>[]>,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FailureOfASentence_EndsInOneFullStop()
    {
        var failed = new ExecutionFailedException(Running(1) with { Status = ExecutionStatus.Failed, Failure = new("The connection has expired.", null) });

        Assert.EndsWith("has expired.", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputAndResult_AreOfTheCallersTypes()
    {
        var request = new StartExecution { Connection = "c", Target = new("workflow", "w") }.WithInput(new Result(1));
        _answers.Enqueue(() => Running(1) with { Status = ExecutionStatus.Succeeded, Output = request.Input });

        Assert.Equal("""{"n":1}""", request.Input);
        Assert.Equal(new Result(1), await Handle.GetResultAsync<Result>(CancellationToken.None));
    }

    private static Execution Running(long version) =>
        new() { Id = "e", Connection = "c", Platform = "gloriamundo", Status = ExecutionStatus.Running, Version = version };

    private sealed record Result(int N);

    /// <summary>A client whose every call is answered by a function, as an app's own tests may have it.</summary>
    public class FakeClient : DispatchProxy
    {
        private Func<string, Execution> _answer = null!;

        public static IVigilClient Over(Func<string, Execution> answer)
        {
            var client = Create<IVigilClient, FakeClient>();
            ((FakeClient)(object)client)._answer = answer;
            return client;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            try
            {
                return Task.FromResult(_answer(targetMethod!.Name));
            }
            catch (VigilException e)
            {
                return Task.FromException<Execution>(e);
            }
        }
    }
}
