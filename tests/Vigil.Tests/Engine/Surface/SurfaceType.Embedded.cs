namespace Vigil.Tests.Engine.Surface;

/// <summary>One public type: its declaration, and a line for its base, each interface and each member that others can see.</summary>
internal sealed record SurfaceType(string Name, string Declaration, IReadOnlyList<SurfaceMember> Members);

/// <summary>One line of a type. <paramref name="Annotated"/> also says what may be null, where that is known.</summary>
/// <param name="Text">The signature.</param>
/// <param name="Annotated">The signature with its nullability.</param>
/// <param name="MustBeImplemented">Whether a class that implements the type has to write this member.</param>
internal sealed record SurfaceMember(string Text, string? Annotated, bool MustBeImplemented = false);
