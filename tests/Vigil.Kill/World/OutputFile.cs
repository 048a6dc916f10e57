namespace Vigil.Kill;

/// <summary>Keeps and counts the lines that a silo writes, over all its lives.</summary>
internal sealed class OutputFile(string path)
{
    private readonly Lock _lock = new();

    public int Lines { get; private set; }

    public int LongestLine { get; private set; }

    public void Write(string line)
    {
        lock (_lock)
        {
            Lines++;
            LongestLine = Math.Max(LongestLine, line.Length);
            File.AppendAllText(path, line + "\n");
        }
    }
}
