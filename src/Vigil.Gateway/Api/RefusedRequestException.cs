namespace Vigil.Gateway.Api;

/// <summary>A request is refused for its form or its origin, before it is looked at as a command or a question.</summary>
internal sealed class RefusedRequestException(int status, string code, string message) : VigilException(code, message)
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;
}
