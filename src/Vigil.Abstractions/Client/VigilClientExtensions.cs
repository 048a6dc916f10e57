using System.Runtime.CompilerServices;

namespace Vigil;

/// <summary>What every client can do by the members of <see cref="IVigilClient"/>.</summary>
public static class VigilClientExtensions
{
    /// <summary>Returns a handle of an execution from its id alone, in any process and after any restart. Nothing is asked: whether the execution exists shows at the first use.</summary>
    /// <param name="client">The client.</param>
    /// <param name="id">The execution's id.</param>
    public static ExecutionHandle GetHandle(this IVigilClient client, string id) => new(client, id);

    /// <summary>Yields all executions that match the query, page after page.</summary>
    /// <param name="client">The client.</param>
    /// <param name="query">Which executions, and from which page on.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="InvalidRequestException">The cursor or the page size is not valid.</exception>
    public static async IAsyncEnumerable<Execution> ListAllAsync(
        this IVigilClient client, ExecutionQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(query);
        for (var next = query; ;)
        {
            var page = await client.ListAsync(next, cancellationToken);
            foreach (var execution in page.Items)
            {
                yield return execution;
            }

            if (page.NextCursor is null)
            {
                yield break;
            }

            next = next with { Page = null, Cursor = page.NextCursor };
        }
    }
}
