/// Which header fields pass the gateway, and which end here.
public enum HeaderRules {
    /// Fields of a client's request that go upstream on the endpoints whose dialect is known. All others stay here:
    /// what is not needed cannot leak.
    public static func passesUpstream(_ name: HeaderName) -> Bool {
        switch name {
        case .accept, .acceptLanguage, .contentType, .userAgent, .idempotencyKey, .openAIBeta, .anthropicVersion,
            .anthropicBeta, .anthropicDangerousDirectBrowserAccess, .httpReferer, .referer, .xTitle, .xApp,
            .clientRequestID, .simulate, .tracestate, .stainlessFamily, .claudeCodeFamily,
            .claudeCodeSession:
            true
        default: false
        }
    }

    /// Fields that mean something in one dialect only: they do not go to a provider of another.
    public static func isOfOneDialect(_ name: HeaderName) -> Bool {
        switch name {
        case .openAIBeta, .anthropicVersion, .anthropicBeta, .anthropicDangerousDirectBrowserAccess, .openAIProcessing,
            .openAIVersion, .openAIModel:
            true
        default: false
        }
    }

    /// Fields of a client's request that never go upstream, not even on the pass-through endpoint.
    public static func endsHere(_ name: HeaderName) -> Bool {
        switch name {
        case .authorization, .xAPIKey, .apiKey, .googleAPIKey, .cookie, .host, .contentLength, .acceptEncoding,
            .contentEncoding, .expect, .forwarded, .via, .xRealIP, .origin, .openAIOrganization, .openAIProject,
            .headgateFamily, .forwardedFamily, .xForwardedFor, .proxyFamily, .secFamily, .traceparent:
            true
        default: isHopByHop(name)
        }
    }

    /// Fields of an upstream's answer that go back to the client.
    public static func passesBack(_ name: HeaderName) -> Bool {
        switch name {
        case .contentType, .retryAfter, .retryAfterMilliseconds, .shouldRetry, .openAIProcessing, .openAIVersion,
            .openAIModel, .cacheControl, .contentDisposition, .contentLanguage, .anthropicBeta, .anthropicVersion,
            .rateLimitFamily, .anthropicRateLimitFamily:
            true
        default: false
        }
    }

    /// Fields of an upstream's answer on the pass-through endpoint: all but those that would speak for the gateway.
    public static func passesBackUntouched(_ name: HeaderName) -> Bool {
        switch name {
        case .setCookie, .altSvc, .strictTransportSecurity, .openAIOrganization, .contentLength, .xRequestID,
            .requestID, .serverTiming, .headgateFamily, .accessControlFamily:
            false
        default: !isHopByHop(name)
        }
    }

    /// Fields that concern one connection only (RFC 9110, section 7.6.1).
    public static func isHopByHop(_ name: HeaderName) -> Bool {
        switch name {
        case .connection, .keepAlive, .te, .trailer, .transferEncoding, .upgrade, .proxyConnection: true
        default: false
        }
    }
}
