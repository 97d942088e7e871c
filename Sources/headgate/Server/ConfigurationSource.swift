import Config
import Core
import Foundation
import Plan
import Stores
import Synchronization

/// The configuration and the store's keys, as one: loads them, and loads them again when either has changed.
///
/// A bad file is refused whole, and what was last good stays.
final class ConfigurationSource: Sendable {
    private struct State {
        var configuration: Configuration
        var fileStamp: [String]
        var storeVersion: Int
    }

    enum Change {
        case none
        case installed(Configuration, reason: String)
        case refused(String)
    }

    private let options: ConfigOptions
    private let overrides: ConfigOverrides
    private let simulatorOrigin: Origin
    private let store: MetaDatabase
    private let state: Mutex<State>
    /// The token of the key that was made because there was none.
    let firstToken: String?

    init(_ options: ConfigOptions, overrides: ConfigOverrides, simulatorOrigin: Origin) throws {
        self.options = options
        self.overrides = overrides
        self.simulatorOrigin = simulatorOrigin
        do {
            var configuration = try options.load(simulatorOrigin: simulatorOrigin, overrides: overrides)
            store = try MetaDatabase(directory: configuration.dataDirectory)
            firstToken = try Self.makeFirstKey(configuration, store)
            configuration = try options.load(
                simulatorOrigin: simulatorOrigin, storedKeys: Self.keys(of: store), overrides: overrides)
            state = Mutex(
                State(
                    configuration: configuration, fileStamp: Self.stamp(options, configuration),
                    storeVersion: try store.version()))
        } catch let errors as ConfigErrors {
            throw Failure(errors.description)
        } catch let error as StoreError {
            throw Failure(error.explanation)
        }
    }

    var current: Configuration { state.withLock { $0.configuration } }

    /// Looks whether something has changed since the last look.
    func refresh(always: Bool = false) -> Change {
        state.withLock { state in
            let stamp = Self.stamp(options, state.configuration)
            let version = (try? store.version()) ?? state.storeVersion
            let fileChanged = stamp != state.fileStamp
            guard always || fileChanged || version != state.storeVersion else { return .none }
            // Noted before the outcome is known: a file that is wrong is told of once, not every half second.
            state.fileStamp = stamp
            state.storeVersion = version
            do {
                let keys = try Self.keys(of: store)
                state.configuration = try options.load(
                    simulatorOrigin: simulatorOrigin, storedKeys: keys, overrides: overrides)
                return .installed(state.configuration, reason: always || fileChanged ? "configuration" : "keys")
            } catch let errors as ConfigErrors {
                return .refused(errors.description)
            } catch let failure as Failure {
                return .refused(failure.message)
            } catch {
                return .refused("\(error)")
            }
        }
    }

    private static func keys(of store: MetaDatabase) throws -> [Key] {
        let now = WallClock.unixMicroseconds()
        return try store.all().flatMap { $0.planned(now: now) }
    }

    /// Access is closed by default: where keys are wanted and there is none, one is made.
    private static func makeFirstKey(_ configuration: Configuration, _ store: MetaDatabase) throws -> String? {
        guard configuration.snapshot.access == .keys, configuration.snapshot.keys.isEmpty,
            try store.all().allSatisfy({ $0.revokedAt != nil })
        else { return nil }
        let token = MadeToken()
        try store.create(
            StoredKey(
                id: "key_" + token.id, name: "first", project: "default", models: ["*"], tags: [:],
                permissions: ["infer", "feedback"], createdAt: WallClock.unixMicroseconds(), expiresAt: nil,
                tokens: [token.stored]))
        return token.reveal()
    }

    /// What tells that a file was written again: its time, size and number.
    private static func stamp(_ options: ConfigOptions, _ configuration: Configuration) -> [String] {
        let tls = configuration.snapshot.server.tls
        return [options.file, tls?.certificateFile, tls?.keyFile].compactMap { $0 }.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "\(path): none" }
            return "\(path): \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
    }
}
