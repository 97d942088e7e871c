/// Which header fields pass the gateway, and which end here. Names are compared in lower case.
public enum HeaderRules {
    /// Fields of a client's request that go upstream on the endpoints whose dialect is known. All others stay here:
    /// what is not needed cannot leak.
    public static func passesUpstream(_ name: String) -> Bool {
        switch name {
        case "accept", "accept-language", "content-type", "user-agent", "idempotency-key", "openai-beta",
            "anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access", "http-referer", "referer",
            "x-title", "x-app", "x-client-request-id", "x-simulate", "traceparent", "tracestate":
            true
        default:
            name.hasPrefix("x-stainless-") || name.hasPrefix("x-claude-code-")
        }
    }

    /// Fields of a client's request that never go upstream, not even on the pass-through endpoint.
    public static func endsHere(_ name: String) -> Bool {
        switch name {
        case "authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "host", "content-length",
            "accept-encoding", "content-encoding", "expect", "forwarded", "via", "x-real-ip", "origin",
            "openai-organization", "openai-project":
            true
        default:
            isHopByHop(name) || name.hasPrefix("x-headgate-") || name.hasPrefix("x-forwarded")
                || name.hasPrefix("proxy-") || name.hasPrefix("sec-")
        }
    }

    /// Fields of an upstream's answer that go back to the client.
    public static func passesBack(_ name: String) -> Bool {
        switch name {
        case "content-type", "retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms",
            "openai-version", "openai-model", "cache-control", "content-disposition", "content-language",
            "anthropic-beta", "anthropic-version":
            true
        default:
            name.hasPrefix("x-ratelimit-") || name.hasPrefix("anthropic-ratelimit-")
        }
    }

    /// Fields of an upstream's answer on the pass-through endpoint: all but those that would speak for the gateway.
    public static func passesBackUntouched(_ name: String) -> Bool {
        switch name {
        case "set-cookie", "alt-svc", "strict-transport-security", "openai-organization", "content-length",
            "x-request-id", "request-id", "server-timing":
            false
        default:
            !isHopByHop(name) && !name.hasPrefix("x-headgate-") && !name.hasPrefix("access-control-")
        }
    }

    /// Fields that concern one connection only (RFC 9110, section 7.6.1).
    public static func isHopByHop(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection": true
        default: false
        }
    }

    /// Fields in which a client may bring its key.
    public static let credentialFields = ["authorization", "x-api-key", "api-key", "x-goog-api-key"]
}
