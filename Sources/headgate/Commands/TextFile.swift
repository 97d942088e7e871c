import Foundation

/// A file of text that a person wrote, and why it cannot be read.
enum TextFile {
    private static let pieceBytes = 64 * 1024

    static func read(_ path: String, bytesMax: Int) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= bytesMax else { throw Failure("\(path): larger than \(bytesMax / 1024 / 1024) MiB") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure("\(path): not UTF-8 text") }
        return text
    }

    private static func unreadable(_ path: String, _ error: Int32) -> Failure {
        Failure("\(path): cannot be read: \(String(cString: strerror(error)))")
    }
}
