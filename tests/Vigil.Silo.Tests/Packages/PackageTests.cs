using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Vigil.Silo.Tests.Packages;

/// <summary>What <c>dotnet pack</c> gives.</summary>
public sealed class PackageTests
{
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static TheoryData<string, string, string> Packages => new()
    {
        { "Vigil.Abstractions", "Vigil.Abstractions", "Microsoft.Orleans.Sdk" },
        { "Vigil.Client", "Vigil.Client", "Microsoft.Extensions.Http.Resilience Microsoft.Orleans.Client Polly.Core Polly.RateLimiting Vigil.Abstractions" },
        { "Vigil", "Vigil.Hosting", "Microsoft.Orleans.Clustering.AdoNet Microsoft.Orleans.Connections.Security Microsoft.Orleans.Server Npgsql Vigil.Gateway Vigil.Grains" },
        { "Vigil.Gateway", "Vigil.Gateway", "Microsoft.AspNetCore.OpenApi Vigil.Client" },
        { "Vigil.Platforms", "Vigil.Platforms", "NATS.Client.Core System.IO.Hashing Vigil.Abstractions" },
        { "Vigil.Testing", "Vigil.Simulator", "GraphQL-Parser NATS.Client.Core Vigil.Abstractions" },
        { "Vigil.Grains", "Vigil.Grains", "Microsoft.Orleans.Reminders Microsoft.Orleans.Server Polly.Core System.IO.Hashing Vigil.Abstractions Vigil.Platforms Vigil.Storage" },
        { "Vigil.Storage", "Vigil.Storage", "Microsoft.Data.Sqlite Microsoft.Orleans.Persistence.AdoNet Microsoft.Orleans.Reminders Microsoft.Orleans.Server Npgsql Vigil.Abstractions" },
    };

    [Fact]
    public async Task Folder_HasThesePackagesAndNoOthers()
    {
        var files = Directory.EnumerateFiles(await PackageFolder.PackedAsync()).Select(Path.GetFileName);

        var expected = Packages.SelectMany(row => new[] { $"{row[0]}.{PackageFolder.Version}.nupkg", $"{row[0]}.{PackageFolder.Version}.snupkg" });
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_SaysWhatItIsAndNeeds(string id, string assembly, string dependencies)
    {
        using var package = await OpenAsync(id, "nupkg");
        var metadata = XDocument.Load(package.GetEntry($"{id}.nuspec")!.Open()).Root!.Elements().Single();
        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;

        Assert.Equal((id, PackageFolder.Version, "MIT", "README.md"), (Value("id"), Value("version"), Value("license"), Value("readme")));
        Assert.Contains("Vigil contributors", Value("copyright"), StringComparison.Ordinal);
        Assert.Contains("orleans", Value("tags")!.Split(' '));
        Assert.True(Value("description")!.Length > 40);
        Assert.StartsWith($"# {id}\n", await new StreamReader(package.GetEntry("README.md")!.Open()).ReadToEndAsync(), StringComparison.Ordinal);
        Assert.NotNull(package.GetEntry($"lib/net10.0/{assembly}.xml"));

        var needed = metadata.Descendants().Where(element => element.Name.LocalName == "dependency")
            .Select(element => (Id: (string)element.Attribute("id")!, Version: (string)element.Attribute("version")!)).OrderBy(needed => needed.Id, StringComparer.Ordinal).ToArray();
        Assert.Equal(dependencies.Split(' '), needed.Select(dependency => dependency.Id));
        Assert.All(needed, dependency => Assert.Matches(dependency.Id.StartsWith("Vigil", StringComparison.Ordinal) ? $@"\A{PackageFolder.Version}\z" : @"\A\d+\.\d+\.\d+", dependency.Version));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Package_IsTheSameFromEveryMachine_AndShowsItsInsideToTestsAlone(string id, string assembly, string dependencies)
    {
        Assert.NotEmpty(dependencies);
        using var package = await OpenAsync(id, "nupkg");
        using var code = await ReadAsync(package, $"lib/net10.0/{assembly}.dll");
        AssertNoPath(code.ToArray(), $"{assembly}.dll");
        using var image = new PEReader(code);
        var friends = from handle in image.GetMetadataReader().CustomAttributes
                      let attribute = image.GetMetadataReader().GetCustomAttribute(handle)
                      where TypeOf(image.GetMetadataReader(), attribute) == nameof(InternalsVisibleToAttribute)
                      select image.GetMetadataReader().GetBlobReader(attribute.Value) into value
                      select FirstText(value);
        var tests = Directory.EnumerateDirectories(Path.Combine(PackageFolder.Repository, "tests")).Select(Path.GetFileName).ToHashSet();
        Assert.All(friends, friend => Assert.Contains(friend, tests));

        using var symbols = await OpenAsync(id, "snupkg");
        using var pdb = await ReadAsync(symbols, $"lib/net10.0/{assembly}.pdb");
        AssertNoPath(pdb.ToArray(), $"{assembly}.pdb");
        using var provider = MetadataReaderProvider.FromPortablePdbStream(pdb);
        var reader = provider.GetMetadataReader();
        Assert.All(reader.Documents, document => Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal));
        Assert.All(reader.Documents, document => AssertNoPath(SourceOf(reader, document), reader.GetString(reader.GetDocument(document).Name)));
    }

    private static async Task<ZipArchive> OpenAsync(string id, string extension) =>
        ZipFile.OpenRead(Path.Combine(await PackageFolder.PackedAsync(), $"{id}.{PackageFolder.Version}.{extension}"));

    private static async Task<MemoryStream> ReadAsync(ZipArchive package, string entry)
    {
        var content = new MemoryStream();
        await using var source = package.GetEntry(entry)!.Open();
        await source.CopyToAsync(content);
        content.Position = 0;
        return content;
    }

    private static void AssertNoPath(ReadOnlySpan<byte> content, string name)
    {
        foreach (var path in new[] { PackageFolder.Repository, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/." })
        {
            Assert.True(content.IndexOf(Encoding.UTF8.GetBytes(path)) < 0 && content.IndexOf(Encoding.Unicode.GetBytes(path)) < 0, $"{name} contains '{path}'.");
        }
    }

    // Its first four bytes say how long it is uncompressed, or 0.
    private static byte[] SourceOf(MetadataReader reader, DocumentHandle document)
    {
        var information = reader.GetCustomDebugInformation(document).Select(reader.GetCustomDebugInformation).Single(one => reader.GetGuid(one.Kind) == EmbeddedSource);
        var blob = reader.GetBlobBytes(information.Value);
        if (BitConverter.ToInt32(blob) == 0)
        {
            return blob;
        }

        using var text = new MemoryStream();
        using var packed = new DeflateStream(new MemoryStream(blob, 4, blob.Length - 4), CompressionMode.Decompress);
        packed.CopyTo(text);
        return text.ToArray();
    }

    private static string TypeOf(MetadataReader reader, CustomAttribute attribute) =>
        attribute.Constructor.Kind == HandleKind.MemberReference
        && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent
            ? reader.GetString(reader.GetTypeReference((TypeReferenceHandle)parent).Name)
            : "";

    private static string FirstText(BlobReader value)
    {
        Assert.Equal(1, value.ReadUInt16());
        return value.ReadSerializedString()!;
    }
}
