import Core
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestKit
import Testing
import Wire

@testable import Proxy

/// From a URL to a file: which addresses are connected to, and what is believed of who answers there.
@Suite struct FetchConnectionTests {
    /// What a name leads to, lookup by lookup; the last answer for all that follow.
    private final class Names: Sendable {
        private let answers: Mutex<[[String]]>
        private let asked = Mutex(0)

        init(_ answers: [String]...) { self.answers = Mutex(answers) }

        var count: Int { asked.withLock { $0 } }

        func lookUp(_ host: String, _ port: Int) throws -> [SocketAddress] {
            asked.withLock { $0 += 1 }
            return try answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
                .map { try SocketAddress(ipAddress: $0, port: port) }
        }
    }

    private static let gif = "GIF89a and more"

    /// Downloads what stands at a URL.
    private func download(
        _ url: String, _ names: Names, allowing networks: [String] = ["127.0.0.1"], authority: [UInt8]? = nil,
        within time: TimeAmount = .seconds(10)
    ) async throws -> Result<FetchedMedia, FetchFailure> {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let url = try WebURL(url)
        let trust = UpstreamTrust(threads: .singleton)
        let resolver = Proxy.Resolver(threads: .singleton, lookUp: names.lookUp)
        let exceptions = networks.compactMap { IPNetwork($0) }
        return try await loop.flatSubmit {
            let promise = loop.makePromise(of: Result<FetchedMedia, FetchFailure>.self)
            let box = Box()
            let download = MediaDownload(
                url, MediaContent(.image, types: Set(MediaType.allCases), bytesMax: 1000), version: "test",
                hold: { _ in }, whenOver: { _ in box.download?.result.map(promise.succeed) })
            box.download = download
            download.start(
                SocketConnector(resolver: resolver) { PublicAddresses.contains($0, or: exceptions) },
                url.isTLS ? trust.context(authorities: authority, comparesPeer: true, on: loop) : nil, on: loop,
                deadline: loop.now + time)
            return promise.futureResult
        }.get()
    }

    private final class Box { var download: MediaDownload? }

    private func withServer(
        tls: NIOSSLContext? = nil, _ body: (ScriptedUpstream) async throws -> Void
    ) async throws {
        let server = try await ScriptedUpstream.start(tls: tls) { _ in [.send(Fixture.answer(Self.gif))] }
        try await body(server)
        await server.stop()
    }

    private func isGIF(_ result: Result<FetchedMedia, FetchFailure>) -> Bool {
        if case .success(.file(.gif, let data)) = result {
            String(buffer: data) == "R0lGODlhIGFuZCBtb3Jl"
        } else {
            false
        }
    }

    @Test func connectsToAnAddressThatItHasChecked() async throws {
        try await withServer { server in
            // A second lookup would lead elsewhere: there is none.
            let names = Names(["127.0.0.1"], ["127.0.0.9"])
            let result = try await download("http://name:\(server.port)/a", names)
            #expect(isGIF(result) && names.count == 1)
        }
    }

    @Test func passesOverThoseThatAreNotAllowed() async throws {
        try await withServer { server in
            let result = try await download(
                "http://name:\(server.port)/", Names(["::1", "10.0.0.1", "127.0.0.2", "127.0.0.1"]))
            #expect(isGIF(result))
        }
    }

    @Test(arguments: [
        ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["169.254.169.254"], [],
        ["64:ff9b::7f00:1"],
    ]) func goesNowhereElse(_ addresses: [String]) async throws {
        try await withServer { server in
            let result = try await download("http://name:\(server.port)/", Names(addresses), allowing: [])
            guard case .failure(.unreachable) = result else { return #expect(Bool(false), "\(result)") }
            #expect(server.connections == 0)
        }
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254"])
    func anAddressInTheURLIsCheckedToo(_ host: String) async throws {
        try await withServer { server in
            let names = Names(["127.0.0.1"])
            let result = try await download("http://\(host):\(server.port)/", names, allowing: [])
            guard case .failure(.unreachable) = result else { return #expect(Bool(false), "\(result)") }
            #expect(server.connections == 0 && names.count == 0)
        }
    }

    @Test func asksWithoutAnythingOfTheClients() async throws {
        try await withServer { server in
            _ = try await download("http://name:\(server.port)/a?b=c", Names(["127.0.0.1"]))
            #expect(
                server.requests == [
                    "GET /a?b=c HTTP/1.1\r\nhost: name:\(server.port)\r\nuser-agent: headgate/test\r\naccept: */*\r\n"
                        + "accept-encoding: identity\r\nconnection: close\r\n\r\n"
                ])
        }
    }

    @Test func aServerShowsThatItHasTheName() async throws {
        let certificates = try TestCertificates()
        let tls = try TestCertificates.serverContext(certificates.issue("DNS:name.example"))
        try await withServer(tls: tls) { server in
            let result = try await download(
                "https://name.example:\(server.port)/", Names(["127.0.0.1"]), authority: certificates.authority)
            #expect(isGIF(result))
        }
    }

    @Test(arguments: [("DNS:other.example", true), ("IP:127.0.0.1", true), ("DNS:name.example", false)])
    func otherServersAreNotAsked(_ names: String, _ isKnown: Bool) async throws {
        let certificates = try TestCertificates()
        let tls = try TestCertificates.serverContext(certificates.issue(names))
        try await withServer(tls: tls) { server in
            let result = try await download(
                "https://name.example:\(server.port)/", Names(["127.0.0.1"]),
                authority: isKnown ? certificates.authority : nil)
            guard case .failure(.unreachable) = result else { return #expect(Bool(false), "\(result)") }
            #expect(server.bytes == 0)
        }
    }
}
