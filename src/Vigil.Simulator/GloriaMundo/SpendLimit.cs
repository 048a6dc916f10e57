namespace Vigil.Simulator.GloriaMundo;

/// <summary>The spend limit of an account per day, week or month. Once it is reached, starts are refused until the next period.</summary>
internal sealed class SpendLimit(SimulatedPlatforms world, string platform)
{
    private const string DefaultPeriod = "monthly";

    private Limit _limit = new(null, DefaultPeriod);

    public bool IsReached(DateTimeOffset now) => _limit is { Cents: { } cents } limit && Spent(limit, now) >= cents;

    public SimulatedResponse Describe(DateTimeOffset now)
    {
        var limit = _limit;
        var spent = Spent(limit, now);
        return SimulatedResponse.Json(new
        {
            success = true,
            has_limit = limit.Cents is not null,
            spend_limit_cents = limit.Cents,
            spend_period = limit.Period,
            current_period_spend_cents = spent,
            period_reset_at = WireValues.Iso(Bounds(limit.Period, now).End),
            allowed = limit.Cents is null || spent < limit.Cents,
        });
    }

    /// <summary>Sets the limit; returns an error message, or null.</summary>
    public string? Set(JsonElement? json)
    {
        if (json is not { } body || !body.TryGetProperty("spend_limit_cents", out var given) || given.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null))
        {
            return "spend_limit_cents must be a number of cents, or null for no limit.";
        }

        int? cents = given.ValueKind == JsonValueKind.Null ? null : given.TryGetInt32(out var number) ? number : -1;
        if (cents < 0)
        {
            return "spend_limit_cents must be 0 or more.";
        }

        var period = body.TryGetProperty("spend_period", out var named) ? named.ToString() : DefaultPeriod;
        if (period is not ("daily" or "weekly" or DefaultPeriod))
        {
            return "spend_period must be daily, weekly or monthly.";
        }

        _limit = new(cents, period);
        return null;
    }

    private int Spent(Limit limit, DateTimeOffset now)
    {
        var begin = Bounds(limit.Period, now).Begin;
        return world.Runs.Of(platform).Where(run => run.EndsAt >= begin && run.EndsAt <= now).Sum(run => run.Script.CostCents);
    }

    private static (DateTimeOffset Begin, DateTimeOffset End) Bounds(string period, DateTimeOffset now)
    {
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var begin = period switch
        {
            "daily" => day,
            "weekly" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            _ => day.AddDays(1 - day.Day),
        };
        return (begin, period == "daily" ? begin.AddDays(1) : period == "weekly" ? begin.AddDays(7) : begin.AddMonths(1));
    }

    private sealed record Limit(int? Cents, string Period);
}
