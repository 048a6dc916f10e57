using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Where a silo is in its life.</summary>
[GenerateSerializer]
public enum SiloStatus
{
    /// <summary>The silo is not known.</summary>
    None = 0,

    /// <summary>The silo was made.</summary>
    Created = 1,

    /// <summary>The silo joins.</summary>
    Joining = 2,

    /// <summary>The silo is alive and takes calls.</summary>
    Active = 3,

    /// <summary>The silo goes in an orderly way.</summary>
    ShuttingDown = 4,

    /// <summary>The silo goes at once.</summary>
    Stopping = 5,

    /// <summary>The silo is gone, or was declared so.</summary>
    Dead = 6,
}

/// <summary>Tells who is in the cluster.</summary>
public interface IClusterMembershipService
{
    /// <summary>Gets what is known now.</summary>
    ClusterMembershipSnapshot CurrentSnapshot { get; }

    /// <summary>Gets what is known now and each change after it.</summary>
    IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates { get; }

    /// <summary>Learns what others know.</summary>
    ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default);

    /// <summary>Declares a silo dead.</summary>
    Task<bool> TryKill(SiloAddress siloAddress);
}

/// <summary>The members of the cluster at one version.</summary>
[GenerateSerializer, Immutable]
public sealed class ClusterMembershipSnapshot
{
    /// <summary>Initializes a new instance of the <see cref="ClusterMembershipSnapshot"/> class.</summary>
    public ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember> members, MembershipVersion version)
    {
        Members = members;
        Version = version;
    }

    /// <summary>Gets the members, the dead ones too.</summary>
    public ImmutableDictionary<SiloAddress, ClusterMember> Members { get; }

    /// <summary>Gets the version.</summary>
    public MembershipVersion Version { get; }

    /// <summary>Gets the status of a silo; an earlier life of a member is dead.</summary>
    public SiloStatus GetSiloStatus(SiloAddress silo)
    {
        if (Members.TryGetValue(silo, out var member))
        {
            return member.Status;
        }

        return Members.Keys.Any(other => other.IsSuccessorOf(silo)) ? SiloStatus.Dead : SiloStatus.None;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Version}: {string.Join(", ", Members.Values)}";
}

/// <summary>One silo and its status.</summary>
[GenerateSerializer, Immutable]
public sealed class ClusterMember : IEquatable<ClusterMember>
{
    /// <summary>Initializes a new instance of the <see cref="ClusterMember"/> class.</summary>
    public ClusterMember(SiloAddress siloAddress, SiloStatus status, string name)
    {
        SiloAddress = siloAddress;
        Status = status;
        Name = name;
    }

    /// <summary>Gets the address.</summary>
    public SiloAddress SiloAddress { get; }

    /// <summary>Gets the status.</summary>
    public SiloStatus Status { get; }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public bool Equals(ClusterMember? other) =>
        other is not null && SiloAddress.Equals(other.SiloAddress) && Status == other.Status && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as ClusterMember);

    /// <inheritdoc/>
    public override int GetHashCode() => SiloAddress.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"{SiloAddress}/{Name}/{Status}";
}

/// <summary>A version of the membership; it only grows.</summary>
[GenerateSerializer, Immutable]
public readonly struct MembershipVersion(long version) : IComparable<MembershipVersion>, IEquatable<MembershipVersion>
{
    /// <summary>Gets the number.</summary>
    public long Value { get; init; } = version;

    /// <summary>Tells whether two versions are the same.</summary>
    public static bool operator ==(MembershipVersion left, MembershipVersion right) => left.Value == right.Value;

    /// <summary>Tells whether two versions differ.</summary>
    public static bool operator !=(MembershipVersion left, MembershipVersion right) => left.Value != right.Value;

    /// <summary>Tells whether a version is later than another.</summary>
    public static bool operator >(MembershipVersion left, MembershipVersion right) => left.Value > right.Value;

    /// <summary>Tells whether a version is earlier than another.</summary>
    public static bool operator <(MembershipVersion left, MembershipVersion right) => left.Value < right.Value;

    /// <inheritdoc/>
    public int CompareTo(MembershipVersion other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(MembershipVersion other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is MembershipVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Tells a service about its own silo.</summary>
public interface ILocalSiloDetails
{
    /// <summary>Gets the silo's name.</summary>
    string Name { get; }

    /// <summary>Gets the cluster's id.</summary>
    string ClusterId { get; }

    /// <summary>Gets the silo's address.</summary>
    SiloAddress SiloAddress { get; }
}
