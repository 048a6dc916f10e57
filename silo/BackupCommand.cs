using System.CommandLine;
using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Silo;

/// <summary><c>silo backup FILE</c> copies the store's file, whether a silo runs or not.</summary>
internal static class BackupCommand
{
    public static Command Create(Option<string> data)
    {
        var file = new Argument<string>("FILE") { Description = "The file to write; it must not exist yet." };
        var command = new Command("backup", "Copy the store's database into a file. A silo may be running.") { file };
        command.SetAction(parsed => Run(parsed.GetValue(data)!, parsed.GetValue(file)!));
        return command;
    }

    private static int Run(string dataFolder, string file)
    {
        try
        {
            var configuration = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory }).Configuration;
            if (configuration[$"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}"] is not null)
            {
                throw new StoreException("The store is a PostgreSQL database; back it up with pg_dump.");
            }

            SqliteBackup.Write(dataFolder, file);
            Console.WriteLine($"Wrote the backup '{Path.GetFullPath(file)}'.");
            return 0;
        }
        catch (StoreException error)
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }
}
