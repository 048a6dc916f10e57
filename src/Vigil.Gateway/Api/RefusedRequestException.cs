namespace Vigil.Gateway.Api;

/// <summary>The request is rejected because of its size, format, host or origin.</summary>
internal sealed class RefusedRequestException(int status, string code, string message) : VigilException(code, message)
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status { get; } = status;
}
