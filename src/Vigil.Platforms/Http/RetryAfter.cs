namespace Vigil.Platforms;

/// <summary>Reads how long a platform asks to wait before the next request.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Limit = TimeSpan.FromDays(1);

    /// <summary>Reads a number of seconds, with or without a fraction, or a date. A date is compared with the response's <c>Date</c> if there is one.</summary>
    public static TimeSpan? Of(HttpResponseMessage response, DateTimeOffset now)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta
            ?? (header?.Date is { } date ? date - (response.Headers.Date ?? now) : Seconds(response));
        return wait is null ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Limit ? Limit : wait;
    }

    private static TimeSpan? Seconds(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Retry-After", out var values)
        && double.TryParse(values.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Limit.TotalSeconds))
            : null;
}
