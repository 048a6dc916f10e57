namespace Vigil.Tests.Storage;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vigil-test-").FullName;

    public void Delete() => Directory.Delete(Path, recursive: true);
}
