public import NIOCore
public import NIOPosix
public import NIOSSL
import Synchronization

/// An upstream that answers with bytes as they are given: what no well-behaved server would send, too.
public final class ScriptedUpstream: Sendable {
    /// What to do on a connection when a whole request has come.
    public enum Act: Sendable {
        case send(String)
        case close
        /// Closes the socket beneath TLS, without TLS's own end.
        case cut
        /// Does nothing more until the test says `proceed()`, or the connection's other side has gone.
        case hold
    }

    public let port: Int
    private let channel: any Channel
    private let state: State

    public final class State: Sendable {
        private let requestTexts = Mutex<[String]>([])
        private let accepted = Mutex(0)
        private let closedPromises = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let closedCount = Mutex(0)
        private let receivedBytes = Mutex(0)

        /// Bytes of requests, whole or not; with TLS, those that came out of it.
        public var bytes: Int { receivedBytes.withLock { $0 } }
        func received(bytes: Int) { receivedBytes.withLock { $0 += bytes } }

        private let requestWaiters = Mutex<[(count: Int, continuation: CheckedContinuation<Void, Never>)]>([])

        /// Returns when this many requests have come.
        public func waitForRequests(_ count: Int) async {
            await withCheckedContinuation { continuation in
                requestWaiters.withLock { $0.append((count, continuation)) }
                wakeRequestWaiters()
            }
        }

        private func wakeRequestWaiters() {
            let count = requestTexts.withLock { $0.count }
            let ready = requestWaiters.withLock { waiters in
                defer { waiters.removeAll { $0.count <= count } }
                return waiters.filter { $0.count <= count }
            }
            for waiter in ready { waiter.continuation.resume() }
        }

        public var requests: [String] { requestTexts.withLock { $0 } }
        public var connections: Int { accepted.withLock { $0 } }

        /// What waits for `proceed()`; nil once it was said: it may come before anything waits.
        private let proceeding = Mutex<[@Sendable () -> Void]?>([])

        func onProceed(_ action: @escaping @Sendable () -> Void) {
            let waits = proceeding.withLock { actions in
                actions?.append(action)
                return actions != nil
            }
            if !waits { action() }
        }

        func proceed() {
            let actions = proceeding.withLock { actions in
                defer { actions = nil }
                return actions ?? []
            }
            for action in actions { action() }
        }

        func accept() { accepted.withLock { $0 += 1 } }
        func received(_ text: String) -> Int {
            defer { wakeRequestWaiters() }
            return requestTexts.withLock {
                $0.append(text)
                return $0.count - 1
            }
        }
        func closed() {
            closedCount.withLock { $0 += 1 }
            let waiters = closedPromises.withLock { waiters in
                defer { waiters = [] }
                return waiters
            }
            for waiter in waiters { waiter.resume() }
        }

        /// Returns when a connection has closed since the start.
        public func waitForClose() async {
            if closedCount.withLock({ $0 }) > 0 { return }
            await withCheckedContinuation { continuation in
                closedPromises.withLock { $0.append(continuation) }
                if closedCount.withLock({ $0 }) > 0 {
                    let waiters = closedPromises.withLock { waiters in
                        defer { waiters = [] }
                        return waiters
                    }
                    for waiter in waiters { waiter.resume() }
                }
            }
        }
    }

    /// - Parameters:
    ///   - tls: what it shows its clients; nil: plain text.
    ///   - script: by the request's number, counted over all connections.
    public static func start(
        _ group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, tls: NIOSSLContext? = nil,
        script: @escaping @Sendable (_ request: Int) -> [Act]
    ) async throws -> ScriptedUpstream {
        let state = State()
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(state: state, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedUpstream(channel, state)
    }

    private init(_ channel: any Channel, _ state: State) {
        self.channel = channel
        self.state = state
        port = channel.localAddress?.port ?? 0
    }

    public var requests: [String] { state.requests }
    public var connections: Int { state.connections }
    public var bytes: Int { state.bytes }
    public func waitForClose() async { await state.waitForClose() }
    public func waitForRequests(_ count: Int) async { await state.waitForRequests(count) }
    /// Goes on with what stands after a `.hold`.
    public func proceed() { state.proceed() }
    public func stop() async { try? await channel.close() }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let state: ScriptedUpstream.State
    private let script: @Sendable (Int) -> [ScriptedUpstream.Act]
    private var text = ""

    init(state: ScriptedUpstream.State, script: @escaping @Sendable (Int) -> [ScriptedUpstream.Act]) {
        self.state = state
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) { state.accept() }
    func channelInactive(context: ChannelHandlerContext) { state.closed() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        state.received(bytes: bytes.readableBytes)
        text += String(buffer: bytes)
        guard let end = text.range(of: "\r\n\r\n") else { return }
        let head = text[..<end.lowerBound].lowercased()
        var length = 0
        if let field = head.range(of: "content-length: ") {
            length = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
        }
        guard text[end.upperBound...].utf8.count >= length else { return }
        let number = state.received(text)
        text = ""
        perform(script(number)[...], context)
    }

    private func perform(_ acts: ArraySlice<ScriptedUpstream.Act>, _ context: ChannelHandlerContext) {
        guard let act = acts.first else { return }
        switch act {
        case .send(let bytes): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: bytes)), promise: nil)
        case .close: context.close(promise: nil)
        case .cut:
            try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
        case .hold:
            let loop = context.eventLoop
            let bound = NIOLoopBound((self, context), eventLoop: loop)
            let rest = acts.dropFirst()
            return state.onProceed {
                loop.execute {
                    let (handler, context) = bound.value
                    handler.perform(rest, context)
                }
            }
        }
        perform(acts.dropFirst(), context)
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            // "\r\n" is one character in a String, and so are the separators here.
            start = index(after: start)
        }
        return nil
    }
}
