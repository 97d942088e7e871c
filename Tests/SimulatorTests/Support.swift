import NIOCore
import NIOPosix

@testable import Simulator

/// Runs a test against a server of its own.
func withServer(
    _ settings: SimulatorSettings = .instant,
    _ body: (SimulatorServer) async throws -> Void
) async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let server = try await SimulatorServer.start(host: "127.0.0.1", port: 0, group: group, settings: settings)
    do {
        try await body(server)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}

func requestText(
    _ path: String, _ body: String, method: String = "POST", headers: [(String, String)] = []
) -> String {
    let fields = headers.map { "\($0): \($1)\r\n" }.joined()
    return "\(method) \(path) HTTP/1.1\r\nhost: x\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
}

extension SimulatorServer {
    /// One request on a connection of its own, and all that came back.
    func raw(
        _ path: String, _ body: String, method: String = "POST", headers: [(String, String)] = []
    ) async throws -> RawConnection.Received {
        let connection = try await RawConnection.open(self)
        try await connection.send(requestText(path, body, method: method, headers: headers))
        let received = try await connection.received(where: RawAnswer.isComplete)
        await connection.close()
        return received
    }

    func ask(
        _ path: String, _ body: String, method: String = "POST", headers: [(String, String)] = []
    ) async throws -> RawAnswer {
        let received = try await raw(path, body, method: method, headers: headers)
        guard let answer = RawAnswer(received.bytes) else { throw NoAnswer() }
        return answer
    }

    func chat(_ model: String, _ members: String = "", simulate: String? = nil) async throws -> RawAnswer {
        let headers = simulate.map { [("x-simulate", $0)] } ?? []
        return try await ask(Paths.chat, Bodies.chat(model, members), headers: headers)
    }

    func message(_ model: String, _ members: String = "", simulate: String? = nil) async throws -> RawAnswer {
        let headers = simulate.map { [("x-simulate", $0)] } ?? []
        return try await ask(Paths.messages, Bodies.message(model, members), headers: headers)
    }
}

struct NoAnswer: Error {}

enum Paths {
    static let chat = "/v1/chat/completions"
    static let messages = "/v1/messages"
}

enum Bodies {
    static let prompt = "Hello, wörld"

    /// - Parameter members: more of them, each with a comma before it.
    static func chat(_ model: String, _ members: String = "") -> String {
        #"{"model":"\#(model)","messages":[{"role":"user","content":"\#(prompt)"}]\#(members)}"#
    }

    static func message(_ model: String, _ members: String = "") -> String {
        #"{"model":"\#(model)","max_tokens":1000,"messages":[{"role":"user","content":"\#(prompt)"}]\#(members)}"#
    }

    static let stream = #","stream":true"#
    static let streamWithUsage = #","stream":true,"stream_options":{"include_usage":true}"#
    static let schema = """
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},\
        "unit":{"enum":["celsius","kelvin"]},"tags":{"type":"array","items":{"type":"boolean"}}}}
        """
    static let openAITools = #","tools":[\#(openAITool("weather")),\#(openAITool("time"))]"#
    static let anthropicTools =
        #","tools":[{"name":"weather","input_schema":\#(schema)},{"name":"time","input_schema":\#(schema)}]"#
    static let arguments: SimulatorJSON = [
        "city": "lorem ipsum", "days": 1, "unit": "celsius", "tags": [true],
    ]

    private static func openAITool(_ name: String) -> String {
        #"{"type":"function","function":{"name":"\#(name)","parameters":\#(schema)}}"#
    }
}

extension SimulatorJSON {
    /// The element of an array.
    subscript(index: Int) -> SimulatorJSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }
}
