using Orleans.CodeGeneration;

namespace Vigil;

/// <summary>
/// Has a client outside send each call of the method over the next gateway. Otherwise the grain's id decides on the gateway, and a call that is repeated
/// because that gateway is frozen goes there again. The order of calls is no one's concern: callers await each.
/// </summary>
[InvokableCustomInitializer(nameof(IRequest.AddInvokeMethodOptions), InvokeMethodOptions.Unordered)]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AnyGatewayAttribute : Attribute;
