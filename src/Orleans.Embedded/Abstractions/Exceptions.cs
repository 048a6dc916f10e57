namespace Orleans.Runtime
{
    /// <summary>An error of the engine.</summary>
    [GenerateSerializer]
    public class OrleansException : Exception
    {
        /// <summary>Initializes a new instance of the <see cref="OrleansException"/> class.</summary>
        public OrleansException()
            : base("Unexpected error.")
        {
        }

        /// <summary>Initializes a new instance of the <see cref="OrleansException"/> class.</summary>
        public OrleansException(string message)
            : base(message)
        {
        }

        /// <summary>Initializes a new instance of the <see cref="OrleansException"/> class.</summary>
        public OrleansException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A call was not delivered. The caller may repeat it.</summary>
    [GenerateSerializer]
    public class OrleansMessageRejectionException : OrleansException
    {
        internal OrleansMessageRejectionException(string message)
            : base(message)
        {
        }
    }

    /// <summary>A call was sent to a silo that is gone. Whether it was carried out is not known.</summary>
    [GenerateSerializer]
    public sealed class SiloUnavailableException : OrleansMessageRejectionException
    {
        /// <summary>Initializes a new instance of the <see cref="SiloUnavailableException"/> class.</summary>
        public SiloUnavailableException(string msg)
            : base(msg)
        {
        }
    }

    /// <summary>The engine was configured wrongly.</summary>
    [GenerateSerializer]
    public sealed class OrleansConfigurationException : Exception
    {
        /// <summary>Initializes a new instance of the <see cref="OrleansConfigurationException"/> class.</summary>
        public OrleansConfigurationException(string message)
            : base(message)
        {
        }
    }
}

namespace Orleans.Storage
{
    /// <summary>A grain asks for a storage provider that nobody registered.</summary>
    [GenerateSerializer]
    public sealed class BadProviderConfigException : Runtime.OrleansException
    {
        /// <summary>Initializes a new instance of the <see cref="BadProviderConfigException"/> class.</summary>
        public BadProviderConfigException(string msg)
            : base(msg)
        {
        }
    }
}

namespace Orleans.Serialization
{
    /// <summary>A value could not be carried.</summary>
    [GenerateSerializer]
    public class SerializerException : Exception
    {
        /// <summary>Initializes a new instance of the <see cref="SerializerException"/> class.</summary>
        public SerializerException(string message)
            : base(message)
        {
        }
    }

    /// <summary>A type has neither <see cref="GenerateSerializerAttribute"/> nor a place among the framework types that are carried.</summary>
    [GenerateSerializer]
    public sealed class CodecNotFoundException : SerializerException
    {
        /// <summary>Initializes a new instance of the <see cref="CodecNotFoundException"/> class.</summary>
        public CodecNotFoundException(string message)
            : base(message)
        {
        }
    }
}
