using System.Collections.Frozen;

namespace Vigil.Platforms;

/// <summary>A platform's status words. Letter case does not matter, and a word that is not in the table is never a terminal status.</summary>
internal sealed class StatusWords<TStatus>(TStatus unknown, params (string Word, TStatus Status)[] words)
    where TStatus : struct, Enum
{
    private readonly FrozenDictionary<string, TStatus> _words =
        words.ToFrozenDictionary(pair => pair.Word, pair => pair.Status, StringComparer.OrdinalIgnoreCase);

    public TStatus Read(string word, out bool isUnknown)
    {
        isUnknown = !_words.TryGetValue(word, out var status);
        return isUnknown ? unknown : status;
    }

    public TStatus Read(string word) => Read(word, out _);
}
