import Foundation
import GRDB

extension DatabaseQueue {
    /// A file that nobody but the program's own user reads, written ahead.
    static func ownFile(_ path: String) throws -> DatabaseQueue {
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.journalMode = .wal
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
