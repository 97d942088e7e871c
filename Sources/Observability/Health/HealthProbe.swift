import AsyncHTTPClient
public import Core
public import NIOCore
import NIOHTTP1

/// Asks providers whether they are well.
public final class HealthProbe: Sendable {
    private let client: HTTPClient

    public init(_ group: any EventLoopGroup) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    /// - Returns: whether it answers at all, and with no error of its own. A refusal is an answer: whether a key is
    ///   good, calls show.
    public func isWell(_ check: HealthCheck) async -> Bool {
        var request = HTTPClientRequest(url: check.url)
        for (name, value) in check.fields { request.headers.add(name: name, value: value.reveal()) }
        do {
            let answer = try await client.execute(request, timeout: .nanoseconds(check.timeout))
            return answer.status.code < 500
        } catch {
            return false
        }
    }

    public func stop() async throws { try await client.shutdown() }
}
