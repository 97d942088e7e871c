import Core
import Plan
import Wire

/// `fetch`.
enum FetchBlock: Block {
    static let title = "fetch"
    static let summary = """
        Lets the gateway fetch images, documents and sounds that stand at URLs in requests, where the provider that is \
        asked in another format than the client's wants their bytes. Without this block no URL is fetched. Only hosts \
        on the public internet are asked, directly; redirects are not followed, and nothing of the client's goes out \
        but the URL. What a file is shows in its bytes.
        """
    static let example = "fetch: { file_max: 10MiB, timeout: 5s, hosts: [ \"*.example.com\" ], types: [ image/png ] }"

    private static let defaults = FetchSettings()
    private static let sizes = 1024...(1 << 30)

    static let fileMax = Field<Self, Int>(
        "file_max", .size(sizes), default: defaults.fileBytesMax, "The largest file.")
    static let requestMax = Field<Self, Int>(
        "request_max", .size(sizes), default: defaults.requestBytesMax,
        "All files of a request together; they count for `server.memory_max`.")
    static let filesMax = Field<Self, Int>(
        "files_max", .integer(ConfigLimits.fetchedFiles), default: defaults.filesMax,
        "URLs of a request, which are fetched at the same time.")
    static let timeout = Field<Self, Int64>(
        "timeout", .duration(DurationLimits.timeouts), default: defaults.timeout,
        "For all files of a request to come; the exchange's own time counts beside it.")
    static let hosts = Field<Self, [At<String>]>(
        "hosts", .list(.hostPattern, minimum: 1),
        "The only hosts that are asked, such as `cdn.example.com`, or `*.example.com` for all names below; by default "
            + "any.")
    static let networks = Field<Self, [At<String>]>(
        "networks", .list(.network), default: [],
        "Addresses and networks of your own that are asked though they are not public, such as `10.1.2.0/24`. "
            + "Everyone with a key reaches what answers there.")
    static let types = Field<Self, [At<MediaType>]>(
        "types", .list(.choice(of: MediaType.self), minimum: 1), "The types that are passed on; by default all.")
    static let plainHTTP = Field<Self, Bool>(
        "plain_http", .boolean, default: defaults.allowsPlainHTTP, "Whether URLs may begin with `http://` too.")
    static let fields: [any BlockField] = [
        fileMax, requestMax, filesMax, timeout, hosts, networks, types, plainHTTP,
    ]
}

extension Written<FetchBlock> {
    var settings: FetchSettings {
        var settings = FetchSettings()
        settings.fileBytesMax = self[FetchBlock.fileMax] ?? settings.fileBytesMax
        settings.requestBytesMax = self[FetchBlock.requestMax] ?? settings.requestBytesMax
        settings.filesMax = self[FetchBlock.filesMax] ?? settings.filesMax
        settings.timeout = self[FetchBlock.timeout] ?? settings.timeout
        settings.hosts = self[FetchBlock.hosts]?.map(\.value) ?? settings.hosts
        settings.networks = self[FetchBlock.networks]?.compactMap { IPNetwork($0.value) } ?? settings.networks
        settings.types = self[FetchBlock.types].map { Set($0.map(\.value)) } ?? settings.types
        settings.allowsPlainHTTP = self[FetchBlock.plainHTTP] ?? settings.allowsPlainHTTP
        return settings
    }
}
