import Core
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import Observability

/// A destination of spans on this machine. It answers with the given statuses, then with 200, and keeps what it got.
final class Collector: Sendable {
    private struct State {
        var answers: [Int]
        var heads: [HTTPRequestHead] = []
        var batches: [[OTLPSpan]] = []
    }

    private let state: Mutex<State>
    private let channel = Mutex<(any Channel)?>(nil)

    private init(answers: [Int]) { state = Mutex(State(answers: answers)) }

    deinit { channel.withLock { $0 }?.close(promise: nil) }

    static func start(answers: [Int]) async throws -> Collector {
        let collector = Collector(answers: answers)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [weak collector] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(collector))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        collector.channel.withLock { $0 = channel }
        return collector
    }

    var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
    var heads: [HTTPRequestHead] { state.withLock { $0.heads } }
    var batches: [[OTLPSpan]] { state.withLock { $0.batches } }
    var spans: [OTLPSpan] { batches.flatMap { $0 } }

    /// - Returns: the status to answer with.
    fileprivate func take(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Int {
        state.withLock { state in
            state.heads.append(head)
            let status = state.answers.isEmpty ? 200 : state.answers.removeFirst()
            let type = head.headers.first(name: "content-type") ?? ""
            if status == 200, let spans = try? OTLPDecoder.decode(Array(buffer: body), contentType: type) {
                state.batches.append(spans)
            }
            return status
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private weak var collector: Collector?
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ collector: Collector?) { self.collector = collector }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
            case .body(var part): body.writeBuffer(&part)
            case .end:
                guard let head, let status = collector?.take(head, body) else { return context.close(promise: nil) }
                let answer = HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: ["content-length": "0"])
                context.write(wrapOutboundOut(.head(answer)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}

/// Keeps nothing.
struct NoStore: RecordStore {
    func write(_ batch: [RecordToStore]) throws(StoreError) {}
    func page(_ query: RecordQuery) throws(StoreError) -> RecordPage { RecordPage(records: [], next: nil) }
    func record(_ id: ExchangeID) throws(StoreError) -> StoredRecord? { nil }
    func body(_ id: ExchangeID, _ side: BodySide) throws(StoreError) -> [UInt8]? { nil }
    func trace(_ id: TraceID) throws(StoreError) -> [StoredRecord] { [] }
    func firstCall(of trace: TraceID, project: String) throws(StoreError) -> ExchangeID? { nil }
    func sums(_ query: SumQuery) throws(StoreError) -> [SumRow] { [] }
    func rowsRead(by query: SumQuery) throws(StoreError) -> Int { 0 }
    func retain(days: Int, bytes: Int64, now: Int64) throws(StoreError) -> [String] { [] }
    func erase(_ term: RecordFilter.Term, project: String) throws(StoreError) -> Int { 0 }
}
