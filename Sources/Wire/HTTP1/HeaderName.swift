/// Header fields that the gateway acts on, known by name; all others are `other`, or of a family that shares its
/// beginning.
public enum HeaderName: UInt8, Sendable {
    case other
    // Families, told by how their names begin.
    case accessControlFamily, anthropicRateLimitFamily, claudeCodeFamily, forwardedFamily, headgateFamily
    case proxyFamily, rateLimitFamily, secFamily, stainlessFamily
    // The message and its connection.
    case connection, contentEncoding, contentLength, expect, host, keepAlive, proxyConnection, te, trailer
    case transferEncoding, upgrade
    // Who asks.
    case accessControlRequestHeaders, accessControlRequestMethod, apiKey, authorization, cookie, googleAPIKey,
        openAIOrganization, openAIProject, origin, xAPIKey
    // What is asked and answered.
    case accept, acceptEncoding, acceptLanguage, altSvc, anthropicBeta, anthropicDangerousDirectBrowserAccess
    case anthropicVersion, cacheControl, clientRequestID, contentDisposition, contentLanguage, contentType
    case forwarded, httpReferer, idempotencyKey, lastEventID
    case openAIBeta, openAIModel, openAIProcessing, openAIVersion, referer
    case requestID, retryAfter, retryAfterMilliseconds, serverTiming, setCookie, shouldRetry, simulate
    case strictTransportSecurity, traceparent, tracestate, userAgent, via, xApp, xRealIP, xRequestID, xTitle
    case claudeCodeSession, codexSession, xForwardedFor

    /// - Parameter name: as it came; letters of either case.
    init(_ name: UnsafeRawBufferPointer) {
        self = HeaderName.known(name) ?? HeaderName.family(name)
    }

    private static func known(_ name: UnsafeRawBufferPointer) -> HeaderName? {
        guard name.count < byLength.count else { return nil }
        for (known, text) in byLength[name.count] where name.equalsIgnoringCase(text) { return known }
        return nil
    }

    /// The known names by their length: so few of each that one comparison or two decide.
    private static let byLength: [[(HeaderName, StaticString)]] = {
        let longest = names.map(\.1.utf8CodeUnitCount).max() ?? 0
        return (0...longest).map { length in names.filter { $0.1.utf8CodeUnitCount == length } }
    }()

    private static func family(_ name: UnsafeRawBufferPointer) -> HeaderName {
        guard name.count > 4 else { return .other }
        for (family, beginning) in families where name.count >= beginning.utf8CodeUnitCount {
            let start = UnsafeRawBufferPointer(rebasing: name[..<beginning.utf8CodeUnitCount])
            if start.equalsIgnoringCase(beginning) { return family }
        }
        return .other
    }

    private static let families: [(HeaderName, StaticString)] = [
        (.headgateFamily, "x-headgate-"), (.stainlessFamily, "x-stainless-"), (.claudeCodeFamily, "x-claude-code-"),
        (.rateLimitFamily, "x-ratelimit-"), (.anthropicRateLimitFamily, "anthropic-ratelimit-"),
        (.forwardedFamily, "x-forwarded"), (.proxyFamily, "proxy-"), (.secFamily, "sec-"),
        (.accessControlFamily, "access-control-"),
    ]

    private static let names: [(HeaderName, StaticString)] = [
        (.connection, "connection"), (.contentEncoding, "content-encoding"), (.contentLength, "content-length"),
        (.expect, "expect"), (.host, "host"), (.keepAlive, "keep-alive"), (.proxyConnection, "proxy-connection"),
        (.te, "te"), (.trailer, "trailer"), (.transferEncoding, "transfer-encoding"), (.upgrade, "upgrade"),
        (.accessControlRequestHeaders, "access-control-request-headers"),
        (.accessControlRequestMethod, "access-control-request-method"), (.apiKey, "api-key"),
        (.authorization, "authorization"), (.cookie, "cookie"),
        (.googleAPIKey, "x-goog-api-key"), (.openAIOrganization, "openai-organization"),
        (.openAIProject, "openai-project"), (.origin, "origin"), (.xAPIKey, "x-api-key"), (.accept, "accept"),
        (.acceptEncoding, "accept-encoding"), (.acceptLanguage, "accept-language"), (.altSvc, "alt-svc"),
        (.anthropicBeta, "anthropic-beta"),
        (.anthropicDangerousDirectBrowserAccess, "anthropic-dangerous-direct-browser-access"),
        (.anthropicVersion, "anthropic-version"), (.cacheControl, "cache-control"),
        (.clientRequestID, "x-client-request-id"), (.contentDisposition, "content-disposition"),
        (.contentLanguage, "content-language"), (.contentType, "content-type"), (.forwarded, "forwarded"),
        (.httpReferer, "http-referer"), (.idempotencyKey, "idempotency-key"), (.lastEventID, "last-event-id"),
        (.openAIBeta, "openai-beta"),
        (.openAIModel, "openai-model"), (.openAIProcessing, "openai-processing-ms"),
        (.openAIVersion, "openai-version"), (.referer, "referer"), (.requestID, "request-id"),
        (.retryAfter, "retry-after"), (.retryAfterMilliseconds, "retry-after-ms"), (.serverTiming, "server-timing"),
        (.setCookie, "set-cookie"), (.shouldRetry, "x-should-retry"), (.simulate, "x-simulate"),
        (.strictTransportSecurity, "strict-transport-security"), (.traceparent, "traceparent"),
        (.tracestate, "tracestate"), (.userAgent, "user-agent"), (.via, "via"), (.xApp, "x-app"),
        (.xRealIP, "x-real-ip"), (.xRequestID, "x-request-id"), (.xTitle, "x-title"),
        (.claudeCodeSession, "x-claude-code-session-id"), (.codexSession, "session-id"),
        (.xForwardedFor, "x-forwarded-for"),
    ]
}

extension UnsafeRawBufferPointer {
    /// - Parameter lowercase: text in lower case; both are characters of header names.
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let text = lowercase.utf8Start
        for index in 0..<count where self[index] | 0x20 != text[index] { return false }
        return true
    }
}
