import CDashboard
import Config
import Core
import Hummingbird
import NIOCore
import Plan

/// The dashboard's scripts and styles, as they stand in the program.
///
/// They are served below `/assets/VERSION/`, where VERSION tells all of their bytes: a browser keeps them for good, and
/// asks for others after an update. Modules name each other by relative paths, so all come from one version.
struct DashboardAssets: Sendable {
    private let files: [String: ByteBuffer]
    /// 16 hexadecimal digits.
    let version: String
    /// Paths below the version's, as the program has them.
    let names: [String]

    init() {
        let bytes = UnsafeRawBufferPointer(start: headgate_dashboard_bytes, count: headgate_dashboard_length)
        var files: [String: ByteBuffer] = [:]
        var names: [String] = []
        let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            guard let name = headgate_dashboard_names[place].map({ String(cString: $0) }) else { break }
            names.append(name)
            files[name] = AssetText.compact(part, isStyle: name.hasSuffix(".css"))
        }
        self.files = files
        self.names = names
        version = String(TokenDigest.of(token: String(decoding: bytes, as: UTF8.self)).hexadecimal.prefix(16))
    }

    func bytes(_ name: String) -> [UInt8]? { files[name].map { Array($0.readableBytesView) } }

    func path(_ name: String) -> String { "/assets/\(version)/\(name)" }

    /// Nothing in them is secret: they are the same for everybody.
    @Sendable func serve(_ request: Request, _: BasicRequestContext) async throws -> Response {
        let parts = request.uri.path.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, parts[1] == version, let file = files[String(parts[2])] else {
            throw AdminError.notFound("such file in this version")
        }
        var headers = PageHeaders.common
        headers[.contentType] = Self.contentType(of: String(parts[2]))
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file))
    }

    private static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
