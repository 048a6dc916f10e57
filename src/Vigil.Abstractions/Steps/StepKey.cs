using System.Security.Cryptography;

namespace Vigil;

/// <summary>
/// The key of a step's grain, <c>{executionId}/{stepId}</c>. Platforms choose step ids, so an id that is too long or contains characters that are not
/// allowed in an execution id is replaced by <c>~</c> and a hash; the original id is part of the step's data.
/// </summary>
public readonly record struct StepKey
{
    private const int MaxStepId = 100;
    private const int HashBytes = 16;

    private StepKey(string value) => Value = value;

    /// <summary>Gets the key as text.</summary>
    public string Value { get; }

    /// <summary>Returns the key of a step's grain.</summary>
    public static StepKey Of(string executionId, string stepId)
    {
        ArgumentException.ThrowIfNullOrEmpty(executionId);
        ArgumentNullException.ThrowIfNull(stepId);
        return new($"{executionId}/{(IsPlain(stepId) ? stepId : Hash(stepId))}");
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static bool IsPlain(string stepId) =>
        stepId.Length is > 0 and <= MaxStepId && stepId.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    private static string Hash(string stepId) => "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stepId)).AsSpan(0, HashBytes));
}
