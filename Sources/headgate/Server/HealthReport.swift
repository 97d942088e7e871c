import Core
import Crypto
import Foundation
import Observability
import Synchronization

/// Remembers what the reloader found, and looks at the disk when somebody asks.
final class HealthReport: Sendable {
    private struct State {
        var reloads: [GatewayHealth.Reload] = []
        var refusal: GatewayHealth.Reload?
        var digest: String?
    }

    private let state = Mutex(State())
    private let startedAt = WallClock.unixMicroseconds()
    private let dataDirectory: String
    private static let reloadsMax = 50
    /// What the source says when it was the file; keys and drained targets come and go without a word here.
    private static let configuration = "configuration"

    init(dataDirectory: String, file: String?) {
        self.dataDirectory = dataDirectory
        noteDigest(of: file)
    }

    func note(_ change: ConfigurationSource.Change, file: String?) {
        // What is tried again in vain is told once: it has neither then.
        guard change.refused != nil || change.installed != nil else { return }
        let reload = GatewayHealth.Reload(
            at: WallClock.unixMicroseconds(), changed: change.reason, refused: change.refused)
        let isOfFile = change.reason == Self.configuration
        state.withLock { state in
            if change.refused != nil {
                state.refusal = reload
            } else if isOfFile || state.refusal?.changed != Self.configuration {
                state.refusal = nil
            }
            guard change.refused != nil || isOfFile else { return }
            state.reloads.append(reload)
            if state.reloads.count > Self.reloadsMax { state.reloads.removeFirst() }
        }
        if isOfFile && change.refused == nil { noteDigest(of: file) }
    }

    var current: GatewayHealth {
        var health = GatewayHealth()
        health.startedAt = startedAt
        state.withLock { state in
            health.reloads = state.reloads
            health.refusal = state.refusal
            health.configurationDigest = state.digest
        }
        return health
    }

    /// Looks at every file: it takes its time.
    var disk: DiskUse {
        var use = DiskUse()
        use.dataBytes = Self.bytes(below: dataDirectory)
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: dataDirectory)
        use.freeBytes = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
        return use
    }

    private func noteDigest(of file: String?) {
        let bytes = file.flatMap { FileManager.default.contents(atPath: $0) }
        let digest = bytes.map { SHA256.hash(data: $0).map { byte in String(format: "%02x", byte) }.joined() }
        state.withLock { $0.digest = digest }
    }

    private static func bytes(below directory: String) -> Int64 {
        guard let files = FileManager.default.enumerator(atPath: directory) else { return 0 }
        var sum: Int64 = 0
        while files.nextObject() != nil { sum += (files.fileAttributes?[.size] as? NSNumber)?.int64Value ?? 0 }
        return sum
    }
}
