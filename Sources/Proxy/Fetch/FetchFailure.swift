import Core
import Plan
import Wire

/// Why a file could not be fetched. It tells a client nothing of what is behind the gateway: names and addresses that
/// lead nowhere and to private networks look alike.
enum FetchFailure: Error, Equatable {
    /// What is wrong with the URL itself.
    case badURL(String)
    case plainHTTP
    case forbiddenHost
    /// The name is not known, leads to no public address, or nobody answers there.
    case unreachable
    case tooSlow
    case redirect
    case status(Int)
    case fileTooLarge(bytesMax: Int)
    case requestTooLarge(bytesMax: Int)
    case tooMany(Int)
    /// It is compressed, which it was asked not to be.
    case encoded
    case brokenOff
    case unknownType
    /// It is of a type that is not wanted.
    case wrongType(MediaType, wanted: MediaType.Kind)
    case forbiddenType(MediaType)
    /// The gateway has no memory for it.
    case noRoom
    /// As many are being fetched as may be.
    case busy
}

extension FetchFailure {
    /// Why there is no connection.
    init(connecting error: any Error) {
        switch error as? ConnectError {
        case .timedOut: self = .tooSlow
        case .resolverBusy: self = .busy
        default: self = .unreachable
        }
    }

    /// For a person; goes on after what it is about.
    var explanation: String {
        switch self {
        case .badURL(let problem): "the URL \(problem)"
        case .plainHTTP: "the URL must begin with https:// ('fetch.plain_http' allows others)"
        case .forbiddenHost: "its host is not among those of 'fetch.hosts'"
        case .unreachable: "it cannot be reached"
        case .tooSlow: "it did not come within the time of 'fetch.timeout'"
        case .redirect: "the answer is a redirect, which is not followed; send the URL it leads to"
        case .status(let status): "the answer has the status \(status)"
        case .fileTooLarge(let bytes): "it is larger than the \(bytes) bytes of 'fetch.file_max'"
        case .requestTooLarge(let bytes): "all files together are larger than the \(bytes) bytes of 'fetch.request_max'"
        case .tooMany(let count): "the request has more than the \(count) URLs of 'fetch.files_max'"
        case .encoded: "the answer is compressed, though it was asked for as it is"
        case .brokenOff: "the answer broke off"
        case .unknownType: "its bytes are of no type that is known here"
        case .wrongType(let type, let wanted): "its bytes are \(type.rawValue), where \(wanted.article) is wanted"
        case .forbiddenType(let type): "\(type.rawValue) is not among the types of 'fetch.types'"
        case .noRoom: "the gateway has no room for it now"
        case .busy: "the gateway fetches as many files as it may at a time, for this key or for all"
        }
    }

    /// What the client is told.
    /// - Parameter provider: which needs the bytes.
    func error(of reference: MediaReference, for provider: Provider) -> GatewayError {
        let host = (try? WebURL(reference.url)).map { " at '\($0.host)'" } ?? ""
        let message =
            "This cannot be asked of '\(provider.name)', which needs the bytes themselves: \(reference.member): "
            + "\(reference.kind.article)\(host) could not be fetched: \(explanation)."
        return self == .noRoom || self == .busy
            ? GatewayError(.overloaded, message, parameter: reference.member, retryAfterSeconds: 1)
            : GatewayError(.invalidRequest, message, parameter: reference.member)
    }
}

extension MediaType.Kind {
    /// With its article.
    fileprivate var article: String {
        switch self {
        case .image: "an image"
        case .document: "a document"
        case .audio: "a sound"
        }
    }
}
