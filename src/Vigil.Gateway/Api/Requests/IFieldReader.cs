namespace Vigil.Gateway.Api;

/// <summary>Reads fields that a query and a body have alike.</summary>
internal interface IFieldReader
{
    string? Text(string name, string description, int? maxLength = null);

    ImmutableArray<string> Texts(string name, string description, int max);

    DateTimeOffset? Time(string name, string description);

    ImmutableArray<ExecutionStatus> Statuses(string name, string description);
}
