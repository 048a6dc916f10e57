using System.Net;

namespace Vigil.Tests.Platforms.Fuzz;

/// <summary>A body of many megabytes that counts how much of it is taken.</summary>
internal sealed class EndlessBody(long length) : Stream
{
    public long Taken { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static HttpResponseMessage Answer(EndlessBody body) => new(HttpStatusCode.OK) { Content = new StreamContent(body) };

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = (int)Math.Min(count, length - Taken);
        buffer.AsSpan(offset, read).Fill((byte)' ');
        Taken += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
