public import Core

/// What to do with the upstream call of a client that left.
public enum OnDisconnect: Sendable, Equatable {
    case cancel
    /// Read on for at most this many nanoseconds, so that the usage is known.
    case drain(Int64)
}

/// Who may come in.
public enum Access: Sendable, Equatable {
    /// With a key.
    case keys
    /// Anyone on this machine. Requests that a web page could have made are refused.
    case anyone
}

/// An address to listen on.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    /// 0: any free one.
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Only this machine can reach it.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        return host.hasPrefix("127.") && host.allSatisfy { $0 == "." || ($0.isASCII && $0.isNumber) }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The listener's part of the configuration. Times are nanoseconds, sizes bytes.
public struct ServerSettings: Sendable, Equatable {
    public struct TLS: Sendable, Equatable {
        public var certificateFile: String
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var listen = ListenAddress(host: "127.0.0.1", port: 8080)
    public var tls: TLS?
    /// nil: one per core.
    public var threads: Int?
    public var bodyBytesMax = Limits.requestBodyBytesMax
    public var headerBytesMax = Limits.requestHeaderBytesMax
    /// nil: from the limit of file descriptors.
    public var connectionsMax: Int?
    /// Bytes of request bodies that are held at a time; nil: a share of the memory.
    public var memoryBytesMax: Int?
    public var headerTimeout: Int64 = 10 * 1_000_000_000
    public var bodyTimeout: Int64 = 60 * 1_000_000_000
    public var idleTimeout: Int64 = 120 * 1_000_000_000
    public var drainTimeout: Int64 = 30 * 1_000_000_000
    /// Silence of the upstream after which a stream's client gets a sign of life.
    public var keepAlive: Int64 = 15 * 1_000_000_000
    /// Origins of web pages that may call.
    public var allowedOrigins: [String] = []
    /// Networks whose `x-forwarded-for` is believed.
    public var trustedProxies: [IPNetwork] = []

    public init() {}
}
