public import Core
public import Wire

/// Files that the gateway fetches from URLs in requests, for providers that want the bytes. Times are nanoseconds,
/// sizes bytes.
public struct FetchSettings: Sendable, Equatable {
    /// Of one file.
    public var fileBytesMax = 20 * 1024 * 1024
    /// Of all files of a request together.
    public var requestBytesMax = 40 * 1024 * 1024
    /// URLs of a request.
    public var filesMax = 8
    /// For all files of a request.
    public var timeout: Int64 = 10_000_000_000
    /// Hosts that may be asked, in lower case; `*.` in front stands for any names before the rest. Empty: any host.
    public var hosts: [String] = []
    /// Networks that may be asked though they are not public.
    public var networks: [IPNetwork] = []
    public var types = Set(MediaType.allCases)
    /// Without TLS too.
    public var allowsPlainHTTP = false

    public init() {}

    public func allows(host: String) -> Bool {
        hosts.isEmpty
            || hosts.contains { pattern in
                pattern.hasPrefix("*.") ? host.hasSuffix(pattern.dropFirst()) : host == pattern
            }
    }
}
